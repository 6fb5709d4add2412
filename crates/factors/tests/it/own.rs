//! The built-in set and its file format.

use greenheart_factors::{FactorFileError, parse, plausibility, shipped, write};

#[test]
fn the_built_in_set_is_cited_plausible_and_round_trips() {
    let set = shipped();
    assert!(set.factors().len() >= 40);
    assert_eq!(plausibility(&set), Vec::<String>::new());
    for factor in set.factors() {
        assert!(
            factor.citation.len() > 15 && !factor.licence.is_empty(),
            "{}",
            factor.id
        );
        let share_alike = factor.licence.contains("SA");
        assert!(!share_alike, "{} may not be shipped", factor.id);
    }
    let mut file = Vec::new();
    write(&set, &mut file).unwrap();
    assert_eq!(parse(file.as_slice(), &set.version).unwrap(), set);
}

const HEAD: &str = "id,item,aspect,name_en,name_nb,dimension,basis,co2,ch4_fossil,ch4_biogenic,n2o,co2_biogenic,\
co2e_other,region,data_year,published,valid_from,valid_to,entered,gwp,pedigree,citation,licence,remark\n";

fn check(row: &str, expect: &str) {
    let result = parse(format!("{HEAD}{row}\n").as_bytes(), "test-1");
    let shown = match &result {
        Ok(set) => plausibility(set).join("; "),
        Err(FactorFileError::Field { line, column, problem }) => format!("{line} {column}: {problem}"),
        Err(other) => other.to_string(),
    };
    assert!(shown.starts_with(expect), "{row}\n  gives `{shown}`");
    assert_eq!(expect.is_empty(), shown.is_empty(), "{shown}");
}

#[test]
fn files_are_read_strictly_and_looked_at() {
    let tail = "NO,2024,2024-05-01,2024-01-01,,2024-06-01,ar5,22222,some citation,CC0,";
    check(&format!("a,x,combustion,X,X,mass,plain,3.1,,,,,,{tail}"), "");
    check(
        &format!("a,x,combustion,X,X,mass,plain,3100,,,,,,{tail}"),
        "`a`: states 3100 kg",
    );
    check(
        &format!("a,x,combustion,X,X,mass,plain,-1,,,,,,{tail}"),
        "`a`: states a negative gas",
    );
    check(
        &format!("a,x,combustion,X,X,mass,plain,,,,,,,{tail}"),
        "`a`: states no gas",
    );
    check(&format!("a,x,combustion,X,X,mass,plain,\"1,5\",,,,,,{tail}"), "2 co2: ");
    check(
        &format!("a,x,combustion,X,X,weight,plain,1,,,,,,{tail}"),
        "2 dimension: ",
    );
    check(&format!(",x,combustion,X,X,mass,plain,1,,,,,,{tail}"), "2 id: ");
    check("a,x", "the factor table cannot be read");
}
