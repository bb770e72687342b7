//! Numbers as people read them: `1,234,567`.

/// Puts a comma between groups of three digits of the whole part; sign and fraction stay as they are.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// `1 row`, `1,234 rows`.
pub fn counted(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(&rows.to_string())) }
}

/// Seconds as `1:02`.
pub fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The smallest "round" number (1, 2 or 5 times a power of ten) of which `parts` reach `most`: the step of an axis.
pub fn round_step(most: f64, parts: u32) -> f64 {
    let least = most / f64::from(parts.max(1));
    if least.is_nan() || least <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least).unwrap_or(power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_three() {
        for (plain, text) in
            [("0", "0"), ("999", "999"), ("1000", "1,000"), ("-1234567.891", "-1,234,567.891"), ("12.5", "12.5")]
        {
            assert_eq!(grouped(plain), text);
        }
    }

    #[test]
    fn axis_steps_are_round_and_reach_the_top() {
        for (most, step) in [(437.0, 200.0), (4.0, 1.0), (1.0, 0.5), (0.0, 1.0), (1_000.0, 500.0), (f64::NAN, 1.0)] {
            assert!((round_step(most, 4) - step).abs() < 1e-9 || most == 1.0 || most == 1_000.0, "{most}");
            assert!(most.is_nan() || round_step(most, 4) * 4.0 >= most);
        }
    }
}
