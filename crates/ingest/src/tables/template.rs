//! The published templates: one for each kind of activity, in Norwegian and in English.

use greenheart_model::ActivityKind;

/// A table to fill in. A file with these headers is read without a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// What it is for.
    pub kind: ActivityKind,
    /// Norwegian: `;` between columns, decimal comma; headers and one example row, UTF-8.
    pub csv_nb: &'static str,
    /// English: `,` between columns, decimal point; headers and one example row, UTF-8.
    pub csv_en: &'static str,
}

/// Every published template.
pub fn templates() -> &'static [Template] {
    TEMPLATES
}

macro_rules! template {
    ($kind:ident, $name:literal) => {
        Template {
            kind: ActivityKind::$kind,
            csv_nb: include_str!(concat!("../../../../data/templates/", $name, ".nb.csv")),
            csv_en: include_str!(concat!("../../../../data/templates/", $name, ".en.csv")),
        }
    };
}

const TEMPLATES: &[Template] = &[
    template!(Electricity, "electricity"),
    template!(Heat, "heat"),
    template!(Fuel, "fuel"),
    template!(Refrigerant, "refrigerant"),
    template!(ProcessEmission, "process_emission"),
    template!(Purchase, "purchase"),
    template!(CapitalGood, "capital_good"),
    template!(Transport, "transport"),
    template!(Waste, "waste"),
    template!(Travel, "travel"),
    template!(Commuting, "commuting"),
    template!(MaterialInput, "material_input"),
    template!(ProductOutput, "product_output"),
    template!(Sale, "sale"),
    template!(Removal, "removal"),
];

impl Template {
    /// Name of the file in a language: `electricity.nb.csv`.
    pub fn file_name(&self, language: &str) -> String {
        format!(
            "{}.{}.csv",
            self.kind.name(),
            if language == "en" { "en" } else { "nb" }
        )
    }
}
