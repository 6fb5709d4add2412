//! Small publications of our own making, laid out as the real ones are.

use rust_xlsxwriter::Workbook;

/// A workbook from sheets of rows; cells that are numbers are written as such.
pub fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0_u32..).zip(*rows) {
            for (column, text) in (0_u16..).zip(*cells) {
                match text.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) => sheet.write_string(row, column, *text).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A UK full set of the year 2024 with four sheets.
pub fn uk_full() -> Vec<u8> {
    const TITLE: &[&str] = &["UK Government GHG Conversion Factors for Company Reporting"];
    const YEAR: &[&str] = &["Scope:", "Scope 1", "Version:", "1.1", "Year:", "2024"];
    const GASES: &[&str] = &[
        "Activity",
        "Fuel",
        "Unit",
        "kg CO2e",
        "kg CO2e of CO2 per unit",
        "kg CO2e of CH4 per unit",
        "kg CO2e of N2O per unit",
    ];
    workbook(&[
        (
            "Fuels",
            &[
                TITLE,
                YEAR,
                GASES,
                &["Liquid fuels", "Gas oil", "litres", "2.8", "2.7535", "0.028", "0.01855"],
                &["", "", "kWh (Net CV)", "0.28", "0.27", "0.0028", "0.0053"],
                &["", "Petrol (100% mineral petrol)", "litres", "9", "2", "0.1", "0.1"],
                &["", "Moonshine", "hogsheads", "1", "1", "0", "0"],
                &[],
                &["FAQs"],
            ],
        ),
        (
            "Refrigerant & other",
            &[
                TITLE,
                &[
                    "",
                    "",
                    "",
                    "Emissions including only Kyoto products",
                    "Total emissions including non-Kyoto products",
                ],
                &["Activity", "Emission", "Unit", "kg CO2e", "kg CO2e"],
                &["Kyoto protocol products", "Methane", "kg", "28", "28"],
                &["", "HFC-134a", "kg", "1", "1300"],
            ],
        ),
        (
            "Bioenergy",
            &[
                TITLE,
                // Some editions leave the first column empty.
                &["", "Activity", "Fuel", "Unit", "kg CO2e"],
                &["", "Biomass", "Wood chips", "kWh", "0.011"],
            ],
        ),
        (
            "Outside of scopes",
            &[
                TITLE,
                &["Activity", "Type", "Unit", "kg CO2e of CO2 per unit"],
                &["Biomass", "Wood chips", "kWh", "0.35"],
                &["Biomass", "Grass", "kWh", "0.3"],
            ],
        ),
    ])
}

/// A UK flat file of 2021, whose year and potentials are those of its time.
pub fn uk_flat() -> Vec<u8> {
    const HEAD: &[&str] = &[
        "Scope",
        "Level 1",
        "Level 2",
        "Level 3",
        "Level 4",
        "Column Text",
        "UOM",
        "GHG",
        "GHG Conversion Factor 2021",
    ];
    fn row(gas: &'static str, value: &'static str) -> [&'static str; 9] {
        [
            "Scope 1",
            "Fuels",
            "Liquid fuels",
            "Gas oil",
            "",
            "Volume",
            "litres",
            gas,
            value,
        ]
    }
    let gas = "Refrigerant & other";
    let methane = [
        "Scope 1",
        gas,
        "Kyoto protocol - standard",
        "Methane",
        "",
        "",
        "kg",
        "kg CO2e",
        "25",
    ];
    let rows = [
        row("kg CO2e", "2.76"),
        row("kg CO2", "2.7"),
        row("kg CH4", "0.025"),
        row("kg N2O", "0.0298"),
        methane,
    ];
    let mut all: Vec<&[&str]> = vec![&["UK Government GHG Conversion Factors for Company Reporting"], HEAD];
    all.extend(rows.iter().map(|row| &row[..]));
    workbook(&[("Factors by Category", &all)])
}

/// A hub of 2024 with three of its tables.
pub fn epa_hub() -> Vec<u8> {
    workbook(&[(
        "Emission Factors Hub",
        &[
            &["", "Emission Factors for Greenhouse Gas Inventories"],
            &["", "Gas", "100-Year GWP"],
            &["", "CH4", "28"],
            &["", "Table 1", "   Stationary Combustion"],
            &[
                "",
                "Fuel Type",
                "Heat Content (HHV)",
                "CO2 Factor",
                "CH4 Factor",
                "N2O Factor",
            ],
            &[
                "",
                "",
                "mmBtu per gallon",
                "kg CO2 per mmBtu",
                "g CH4 per mmBtu",
                "g N2O per mmBtu",
            ],
            &["", "Petroleum Products"],
            &["", "Distillate Fuel Oil No. 2", "0.138", "73.96", "3", "0.6"],
            &["", "Biomass Fuels - Liquid"],
            &["", "Biodiesel (100%)", "0.128", "73.84", "1.1", "0.11"],
            &[
                "",
                "Table 8",
                "Scope 3 Category 4: Upstream Transportation and Distribution",
            ],
            &[
                "",
                "Vehicle Type",
                "CO2 Factor (kg CO2 / unit)",
                "CH4 Factor (g CH4 / unit)",
                "Units",
            ],
            &["", "Rail", "0.0219", "0.0017", "short ton-mile"],
            &["", "Table 9", "Scope 3 Category 5: Waste Generated in Operations"],
            &["", "", "Metric Tons CO2e / Short Ton Material"],
            &["", "Material", "RecycledA", "LandfilledB", "CombustedC"],
            &["", "Mixed MSW", "NA", "0.58", "0.43"],
        ],
    )])
}

/// A cross-sector workbook with two of its sheets.
pub fn ghg_protocol() -> Vec<u8> {
    workbook(&[
        ("Welcome!", &[&["", "This tool was last modified in March 2024"]]),
        (
            "Stationary Combustion",
            &[
                &["", "Table 1. CO2 Emission Factors by Fuel"],
                &["", "", "", "TJ/Gg", "kg CO2/TJ", "kg CO2/tonne"],
                &["", "Oil products", "Motor gasoline2", "44.3", "69300", "3069.99"],
                &["", "Table 2. CH4 Emission Factors by Fuel"],
                &["", "", "", "TJ/Gg", "kg CH4/TJ", "kg CH4/tonne"],
                &["", "Oil products", "Motor gasoline/Petrol2", "44.3", "10", "0.443"],
            ],
        ),
        (
            "Mobile Combustion - Fuel Use",
            &[
                &["", "Table 1. CO2 Emission Factors by Fuel"],
                &["", "Region", "Fuel", "Fossil CO2 EF", "Biogenic CO2 EF", "EF Unit"],
                &["", "UK", "B20 Biodiesel/Diesel*", "2.1008", "0.478", "kg/L"],
                &["", "US", "Diesel Fuel", "10.21", "", "kg/US Gallon"],
            ],
        ),
    ])
}

/// EPA supply chain factors of 2022, gas by gas.
pub const EPA_SPEND: &str = "2017 NAICS Code,2017 NAICS Title,GHG,Unit,Supply Chain Emission Factors without Margins,\
Margins of Supply Chain Emission Factors,Supply Chain Emission Factors with Margins,Reference USEEIO Code
332999,Other Metal Products,Carbon dioxide,\"kg/2022 USD, purchaser price\",0.2,0.01,9.6138,332999
332999,Other Metal Products,Methane,\"kg/2022 USD, purchaser price\",0.2,0.01,9.6138e-03,332999
332999,Other Metal Products,HFC-134a,\"kg/2022 USD, purchaser price\",0.2,0.01,9.6138e-06,332999
332999,Other Metal Products,Phlogiston,\"kg/2022 USD, purchaser price\",0.2,0.01,1,332999
";

/// Import factors of 2019.
pub const EXIOBASE: &str =
    "Region,Sector,Year,Unit,ReferenceCurrency,PriceType,Flowable,Context,FlowUUID,FlowAmount,BaseIOLevel
EU,1111A0,2019,kg,USD,Basic,Carbon dioxide,emission/air,x,0.88001,Detail
EU,1111A0,2019,kg CO2e,USD,Basic,\"HFCs and PFCs, unspecified\",emission/air,x,0.088001,Detail
";

/// Electricity of two countries.
pub const EEA: &str = "Date:year,Member State:text,index:number,Indicative level - high:number
2019,Norway,19.0,
2018,Sweden,13.0,
2030,Sweden,,20
2019,Atlantis,1,
";

/// Two rows in kilograms and tonnes of which the second is wrong by a million, and a fuel.
pub const IGNITE: &str =
    "GHG Scopes and categories L1,GHG Scopes and categories L2,Activity L1,Activity L2,Region,Activity unit,Year,\
Readable unique string,Emission factor [kg CO2e/unit],Emission factor (location-based) [kg CO2e/unit],\
Emission factor (market-based) [kg CO2e/unit],Source,Description,Link,KEY
Scope 1,Direct GHG emissions,Methane (CH4),,GLOBAL,kg,2022,methane_kg,27.9,,,IPCC AR6,,,k1
Scope 1,Direct GHG emissions,Methane (CH4),,GLOBAL,tonnes,2022,methane_t,0.0279,,,IPCC AR6,,,k2
Scope 2,Electricity,,,NO,kWh,2021,el_no,,0.00449,0.40491,AIB,,,k3
";

/// The three files of a model with two sectors.
pub const USEEIO: [(&str, &str); 3] = [
    ("N.json", "[[1,2],[0.58181,5.8181e-1]]"),
    (
        "sectors.json",
        r#"[{"id":"A/US","code":"A","name":"Grain"},{"id":"B/US","code":"332999","name":"Metal products"}]"#,
    ),
    (
        "indicators.json",
        r#"[{"code":"ACID","index":0,"unit":"kg SO2 eq"},{"code":"GHG","index":1,"unit":"kg CO2 eq"}]"#,
    ),
];
