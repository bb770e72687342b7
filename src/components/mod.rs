//! What pages are made of. Components show what they are given; only the header and the banner ask who is signed in.

pub mod catalog_tree;
pub mod chart;
pub mod first_rows;
pub mod following;
pub mod header;
pub mod kept_texts;
pub mod last_warehouse;
pub mod local_time;
pub mod menu;
pub mod notice;
pub mod numbers;
pub mod result_grid;
pub mod session_banner;
pub mod table_finder;
