//! Seller and buyer of a document.

use crate::outside::Card;
use crate::xml::Xml;

/// Writes a party; sellers state their VAT number.
pub(super) fn write(xml: &mut Xml<'_>, name: &str, card: &Card, seller: bool) {
    let number = card.org_no.map(|number| number.to_string()).unwrap_or_default();
    xml.raw(&format!("<cac:{name}><cac:Party>"));
    xml.raw(&format!("<cbc:EndpointID schemeID=\"0192\">{number}</cbc:EndpointID>"));
    xml.raw("<cac:PartyName>");
    xml.element("cbc:Name", &card.name);
    xml.raw("</cac:PartyName><cac:PostalAddress>");
    xml.element("cbc:CityName", &card.city);
    xml.element("cbc:PostalZone", &card.postcode);
    xml.raw("<cac:Country>");
    xml.element("cbc:IdentificationCode", card.country);
    xml.raw("</cac:Country></cac:PostalAddress>");
    if seller {
        xml.raw("<cac:PartyTaxScheme>");
        xml.element("cbc:CompanyID", &format!("NO{number}MVA"));
        xml.raw("<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>");
    }
    xml.raw("<cac:PartyLegalEntity>");
    xml.element("cbc:RegistrationName", &card.name);
    xml.raw(&format!("<cbc:CompanyID schemeID=\"0192\">{number}</cbc:CompanyID>"));
    xml.raw(&format!("</cac:PartyLegalEntity></cac:Party></cac:{name}>\n"));
}
