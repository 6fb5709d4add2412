//! The readers of bench formats answer whatever bytes they are given.

use greenheart_network::design::DesignProblem;
use greenheart_network::flow::parse_dimacs;
use greenheart_network::pooling::parse_pooling;
use proptest::prelude::*;

/// A small file of each format, to be damaged.
const GOOD: [&str; 3] = [
    "p min 3 2\nn 1 4\nn 3 -4\na 1 2 0 9 1\na 2 3 0 9 1\n",
    "name\n3 2 1\n1 2 1 9 1 9 1\n2 3 1 9 1 9 1\n1 3 4\n",
    "{\"components\":[],\"products\":[],\"pool_size\":{},\"component_to_pool_fraction\":[],\"pool_to_product_bound\":[],\"component_to_product_bound\":[]}",
];

fn read_all(text: &str) {
    // That they answer at all is what is asked.
    drop((parse_dimacs(text), DesignProblem::parse_dow(text), parse_pooling(text)));
}

#[test]
fn sizes_that_no_machine_has_are_refused() {
    for text in [
        "p min 9223372036854775807 1\n",
        "p min -9223372036854775808 1\n",
        "p min 3 1\nn -9223372036854775808 1\n",
        "p min 3 1\na 9223372036854775807 1 0 1 1\n",
    ] {
        assert!(parse_dimacs(text).is_err(), "{text}");
    }
    for text in [
        "x\n1e18 1e18 1e18\n",
        "x\nnan inf -1\n1 1 1 1 1\n",
        "x\n3 1 0\n1e300 1 1 1 1\n",
    ] {
        assert!(DesignProblem::parse_dow(text).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_files_are_answered(which in 0..3_usize, at in 0..200_usize, with in "[-0-9a-z .{}\\[\\]\",:\n]{0,12}") {
        let good = GOOD[which];
        let at = at.min(good.len());
        read_all(&format!("{}{with}{}", &good[..at], &good[at..]));
        read_all(&format!("{}{with}", &good[..at]));
    }
}
