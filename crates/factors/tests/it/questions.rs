//! Search, comparison, checks, stand-ins and counts.

use greenheart_factors::{
    Group, Kind, Part, Wanted, check, compare, counts, lay_over, parse, search, shipped, substitute,
};
use greenheart_model::{FactorId, FactorSet};
use greenheart_units::{Basis, Dimension};

use crate::fixtures;
use crate::importing::read;

fn first(set: &FactorSet, query: &str, item: &str) {
    let hits = search(set, query, 5);
    let items: Vec<&str> = hits.iter().map(|hit| &*hit.factor.item).collect();
    assert_eq!(items.first().copied(), Some(item), "{query}: {items:?}");
}

#[test]
fn words_of_both_languages_find_factors() {
    let set = shipped();
    for (query, item) in [
        ("fjernvarme", "district_heat"),
        ("district heating", "district_heat"),
        ("veitransport", "road_freight"),
        ("skrapstål", "steel_secondary"),
        ("aluminum primary", "aluminium"),
        ("strøm norge 2023", "electricity"),
        ("flyfrakt", "air_freight"),
        ("vogntog", "road_freight_articulated"),
        ("R404A", "r404a"),
        ("trepellets forbrenning", "pellets"),
        ("restavfall", "mixed_waste"),
    ] {
        first(&set, query, item);
    }
}

#[test]
fn misspelt_words_find_what_was_meant() {
    let set = shipped();
    for (query, item) in [
        ("diesl", "diesel"),
        ("fjernvame", "district_heat"),
        ("betnog", "concrete"),
        ("plsat", "plastic"),
    ] {
        let items: Vec<_> = search(&set, query, 8)
            .iter()
            .map(|hit| hit.factor.item.to_string())
            .collect();
        assert!(items.iter().any(|found| found == item), "{query}: {items:?}");
    }
    assert!(search(&set, "", 5).is_empty() && search(&set, "og til", 5).is_empty());
    assert!(search(&set, "xyzzyq", 5).is_empty());
    assert_eq!(search(&set, "avfall", 3).len(), 3);
}

#[test]
fn editions_are_compared_by_what_they_describe() {
    let old = read(Kind::UkFlat, &[("flat.xlsx", &fixtures::uk_flat())]).set;
    let new = read(Kind::UkFull, &[("full.xlsx", &fixtures::uk_full())]).set;
    let comparison = compare(&old, &new);
    assert_eq!(
        (comparison.same, comparison.changed.len(), comparison.removed.len()),
        (0, 1, 1)
    );
    let change = &comparison.changed[0];
    assert_eq!(change.new.as_str(), "uk24-fuels-liquid-fuels-gas-oil-litre");
    assert_eq!(
        change.fields.iter().map(|field| field.name).collect::<Vec<_>>(),
        ["co2", "n2o"]
    );
    // 2700 + 29.8 + 27.3 = 2757.1 and 2753.5 + 29.8 + 19.11 = 2802.41
    assert_eq!(
        (
            change.old_co2e.to_string().as_str(),
            change.new_co2e.to_string().as_str()
        ),
        ("2757.1", "2802.41")
    );
    assert_eq!(
        change.percent.map(|percent| percent.to_fixed(3)).as_deref(),
        Some("1.643")
    );
    assert_eq!(comparison.added.len() + comparison.changed.len(), new.factors().len());
    let same = compare(&new, &new);
    assert_eq!(
        (same.same, same.added.len(), same.changed.len()),
        (new.factors().len(), 0, 0)
    );
}

const HEAD: &str = "id,item,aspect,name_en,name_nb,dimension,basis,co2,ch4_fossil,ch4_biogenic,n2o,co2_biogenic,\
co2e_other,region,data_year,published,valid_from,valid_to,entered,gwp,pedigree,citation,licence,remark\n";

fn set(rows: &[&str]) -> FactorSet {
    parse(format!("{HEAD}{}\n", rows.join("\n")).as_bytes(), "test").unwrap()
}

fn leak(id: &str, name: &str, potential: &str, gwp: &str) -> String {
    format!(
        "{id},x,leak,{name},{name},mass,plain,,,,,,{potential},GLO,2022,2022-12-31,2022-01-01,,2026-01-01,{gwp},11111,somewhere else,CC0,"
    )
}

#[test]
fn potentials_of_another_report_than_the_label_are_caught() {
    for (name, potential, gwp, code) in [
        ("Methane (CH4)", "28", "ar6", "factor.gwp_label"),
        ("Nitrous oxide (N2O)", "265", "ar6", "factor.gwp_label"),
        ("R-134a", "1300", "ar6", "factor.gwp_label"),
        ("R-134a", "1430", "ar5", "factor.gwp_label"),
        ("R-134a", "1.3", "ar5", "factor.scale"),
        ("Methane", "27.9", "ar6", ""),
        ("HFC-134a", "1300", "ar5", ""),
        ("R-410A", "1924", "ar5", ""),
        ("Unknown gas", "28", "ar6", ""),
    ] {
        let found = check(&set(&[&leak("a", name, potential, gwp)]));
        let codes: Vec<&str> = found.counts().map(|(code, ..)| code).collect();
        let expect: Vec<&str> = [code].into_iter().filter(|code| !code.is_empty()).collect();
        assert_eq!(codes, expect, "{name} {potential} {gwp}");
    }
}

fn grid(region: &str, year: i16) -> String {
    format!(
        "{region}{year},electricity,location,El,El,energy,plain,0.1,,,,,,{region},{year},{year}-12-31,{year}-01-01,\
         {year}-12-31,2026-01-01,ar5,11111,some citation,CC0,"
    )
}

#[test]
fn stand_ins_say_what_they_are() {
    let set = set(&[
        &grid("NO", 2019),
        &grid("NO", 2022),
        &grid("SE", 2021),
        &grid("US", 2021),
    ]);
    let check = |region, day: &str, id: &str, codes: &[&str]| {
        let wanted = Wanted {
            item: "electricity",
            aspect: "location",
            dimension: Dimension::Energy,
            basis: Basis::Plain,
            region,
            day: day.parse().unwrap(),
        };
        let found = substitute(&set, &wanted).unwrap();
        let said: Vec<&str> = found.findings.iter().map(|finding| &*finding.code).collect();
        assert_eq!(
            (found.factor.id.as_str(), said.as_slice()),
            (id, codes),
            "{region} {day}"
        );
    };
    check("NO", "2022-05-01", "NO2022", &[]);
    check("NO", "2021-05-01", "NO2022", &["factor.nearest_year"]);
    check("DK", "2021-05-01", "SE2021", &["factor.other_region"]);
    check("US", "2025-05-01", "US2021", &["factor.nearest_year"]);
    let nothing = Wanted {
        item: "electricity",
        aspect: "market",
        dimension: Dimension::Energy,
        basis: Basis::Plain,
        region: "NO",
        day: "2022-05-01".parse().unwrap(),
    };
    assert_eq!(substitute(&set, &nothing), None);
}

#[test]
fn a_set_laid_over_another_counts_from_its_first_day() {
    let lower = set(&[&grid("NO", 2019), &grid("NO", 2022), &grid("SE", 2021)]);
    let upper = set(&[
        &grid("NO", 2022).replacen("NO2022", "new-NO2022", 1),
        &grid("NO", 2023).replacen("NO2023", "new-NO2023", 1),
        &grid("SE", 2023).replacen("SE2023", "new-SE2023", 1),
    ]);
    let check = |country: Option<&str>, from_year, expect: &[&str], counts: (usize, usize, usize)| {
        let part = Part {
            country: country.map(str::to_owned),
            from_year,
        };
        let layered = lay_over(&lower, &upper, &part, "both").unwrap();
        let shown: Vec<String> = layered
            .set
            .factors()
            .iter()
            .map(|factor| {
                let to = factor.valid_to.map_or_else(String::new, |to| to.to_string());
                format!("{} {} {to}", factor.id, factor.valid_from)
            })
            .collect();
        assert_eq!(shown, expect, "{country:?} {from_year:?}");
        assert_eq!((layered.used, layered.replaced, layered.ended), counts);
    };
    let (no_2019, se_2021) = ("NO2019 2019-01-01 2019-12-31", "SE2021 2021-01-01 2021-12-31");
    let (new_2022, new_2023) = ("new-NO2022 2022-01-01 2022-12-31", "new-NO2023 2023-01-01 2023-12-31");
    check(
        None,
        None,
        &[no_2019, se_2021, new_2022, new_2023, "new-SE2023 2023-01-01 2023-12-31"],
        (3, 1, 0),
    );
    check(Some("NO"), None, &[no_2019, se_2021, new_2022, new_2023], (2, 1, 0));
    let kept = "NO2022 2022-01-01 2022-12-31";
    check(Some("NO"), Some(2023), &[no_2019, kept, se_2021, new_2023], (1, 0, 0));
    let open =
        set(&["o,x,primary,x,x,mass,plain,,,,,,1,GB,2024,2024-12-31,2015-01-01,,2026-01-01,ar5,11111,page,CC0,"]);
    let newer =
        set(&["n,x,primary,x,x,mass,plain,,,,,,2,GB,2025,2025-12-31,2025-01-01,,2026-01-01,ar5,11111,page,CC0,"]);
    let layered = lay_over(&open, &newer, &Part::default(), "both").unwrap();
    assert_eq!((layered.replaced, layered.ended), (0, 1));
    let old = layered.set.get(&FactorId::new("o")).unwrap();
    assert_eq!(old.valid_to.unwrap().to_string(), "2024-12-31");
}

#[test]
fn the_shipped_set_serves_a_manufacturer() {
    let set = shipped();
    let of = |group| {
        counts(&set)
            .iter()
            .filter(|count| count.group == group)
            .map(|count| count.factors)
            .sum::<usize>()
    };
    assert_eq!(
        counts(&set).iter().map(|count| count.factors).sum::<usize>(),
        set.factors().len()
    );
    assert!(of(Group::Materials) >= 60, "{}", of(Group::Materials));
    let least = [
        (Group::Fuels, 40),
        (Group::Freight, 15),
        (Group::Refrigerants, 15),
        (Group::Waste, 40),
    ];
    for (group, least) in least
        .into_iter()
        .chain([(Group::Travel, 10), (Group::Electricity, 12), (Group::Spend, 20)])
    {
        assert!(of(group) >= least, "{group}: {}", of(group));
    }
    assert_eq!(of(Group::Other), 0);
    let foreign = set
        .factors()
        .iter()
        .filter(|f| &*f.aspect == "spend" && &*f.region != "NO");
    for factor in foreign {
        assert!(factor.remark.contains("country mismatch"), "{}", factor.id);
    }
}
