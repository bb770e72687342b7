//! What the sample tables and their columns mean, for everyone who browses them.

pub struct Comment {
    /// The full name of a catalog, schema or table.
    pub name: &'static str,
    pub text: &'static str,
    /// Columns of a table and what they mean.
    pub columns: &'static [(&'static str, &'static str)],
}

const fn of(name: &'static str, text: &'static str, columns: &'static [(&'static str, &'static str)]) -> Comment {
    Comment { name, text, columns }
}

pub const COMMENTS: [Comment; 12] = [
    of("samples", "Sample data that everybody may look at", &[]),
    of("samples.nyctaxi", "Taxi trips in New York City, January and February 2016", &[]),
    of("samples.tpch", "The TPC-H benchmark: customers, orders and the parts they order", &[]),
    of(
        "samples.nyctaxi.trips",
        "One row a trip, with distance, fare and zip codes",
        &[
            ("tpep_pickup_datetime", "When the meter was switched on"),
            ("tpep_dropoff_datetime", "When the meter was switched off"),
            ("trip_distance", "Miles, by the meter"),
            ("fare_amount", "US dollars, without tips and tolls"),
            ("pickup_zip", "Zip code where the trip began"),
            ("dropoff_zip", "Zip code where the trip ended"),
        ],
    ),
    of(
        "samples.tpch.customer",
        "Who orders; the phone number is masked for all but administrators",
        &[
            ("c_custkey", "Key of the customer"),
            ("c_name", "Name"),
            ("c_address", "Address"),
            ("c_nationkey", "Nation, a key of nation"),
            ("c_phone", "Phone number; masked"),
            ("c_acctbal", "Balance of the account, US dollars"),
            ("c_mktsegment", "Market segment: AUTOMOBILE, BUILDING, FURNITURE, HOUSEHOLD or MACHINERY"),
            ("c_comment", "Text of any kind"),
        ],
    ),
    of(
        "samples.tpch.lineitem",
        "One row an item of an order",
        &[
            ("l_orderkey", "Order, a key of orders"),
            ("l_partkey", "Part, a key of part"),
            ("l_suppkey", "Supplier, a key of supplier"),
            ("l_linenumber", "Number of the item within its order, from 1"),
            ("l_quantity", "How many"),
            ("l_extendedprice", "Price of all of them before discount and tax, US dollars"),
            ("l_discount", "Discount as a fraction: 0.05 is five per cent"),
            ("l_tax", "Tax as a fraction"),
            ("l_returnflag", "R returned, A accepted, N not received yet"),
            ("l_linestatus", "O open, F fulfilled"),
            ("l_shipdate", "Day of shipping"),
            ("l_commitdate", "Day it was promised for"),
            ("l_receiptdate", "Day it was received"),
            ("l_shipinstruct", "Instructions for the delivery"),
            ("l_shipmode", "How it was shipped: AIR, FOB, MAIL, RAIL, REG AIR, SHIP or TRUCK"),
            ("l_comment", "Text of any kind"),
        ],
    ),
    of(
        "samples.tpch.nation",
        "Nations, each in a region",
        &[
            ("n_nationkey", "Key of the nation"),
            ("n_name", "Name, in capitals"),
            ("n_regionkey", "Region, a key of region"),
            ("n_comment", "Text of any kind"),
        ],
    ),
    of(
        "samples.tpch.orders",
        "Orders; urgent ones are left out for all but administrators",
        &[
            ("o_orderkey", "Key of the order"),
            ("o_custkey", "Who ordered, a key of customer"),
            ("o_orderstatus", "O open, F fulfilled, P partly"),
            ("o_totalprice", "Sum of its items after discount and tax, US dollars"),
            ("o_orderdate", "Day of the order"),
            ("o_orderpriority", "From 1-URGENT to 5-LOW"),
            ("o_clerk", "Who took the order"),
            ("o_shippriority", "Always 0"),
            ("o_comment", "Text of any kind"),
        ],
    ),
    of(
        "samples.tpch.part",
        "Parts that are sold",
        &[
            ("p_partkey", "Key of the part"),
            ("p_name", "Name, made of colours"),
            ("p_mfgr", "Manufacturer"),
            ("p_brand", "Brand"),
            ("p_type", "Kind, finish and material"),
            ("p_size", "Size"),
            ("p_container", "What it is packed in"),
            ("p_retailprice", "Price in a shop, US dollars"),
            ("p_comment", "Text of any kind"),
        ],
    ),
    of(
        "samples.tpch.partsupp",
        "Which supplier has which part at what cost",
        &[
            ("ps_partkey", "Part, a key of part"),
            ("ps_suppkey", "Supplier, a key of supplier"),
            ("ps_availqty", "How many are in stock"),
            ("ps_supplycost", "Cost of one, US dollars"),
            ("ps_comment", "Text of any kind"),
        ],
    ),
    of(
        "samples.tpch.region",
        "Regions of the world",
        &[("r_regionkey", "Key of the region"), ("r_name", "Name, in capitals"), ("r_comment", "Text of any kind")],
    ),
    of(
        "samples.tpch.supplier",
        "Who delivers the parts",
        &[
            ("s_suppkey", "Key of the supplier"),
            ("s_name", "Name"),
            ("s_address", "Address"),
            ("s_nationkey", "Nation, a key of nation"),
            ("s_phone", "Phone number"),
            ("s_acctbal", "Balance of the account, US dollars"),
            ("s_comment", "Text of any kind"),
        ],
    ),
];
