//! The elements of UBL that mean something to us.

use crate::xml::tags;

tags!(
    Invoice,
    CreditNote,
    DespatchAdvice,
    StandardBusinessDocumentHeader,
    CustomizationID,
    ID,
    IssueDate,
    InvoiceTypeCode,
    CreditNoteTypeCode,
    DocumentCurrencyCode,
    InvoicePeriod,
    StartDate,
    EndDate,
    BillingReference,
    InvoiceDocumentReference,
    AdditionalDocumentReference,
    DocumentReference,
    AccountingSupplierParty,
    AccountingCustomerParty,
    DespatchSupplierParty,
    SellerSupplierParty,
    DeliveryCustomerParty,
    BuyerCustomerParty,
    CarrierParty,
    Party,
    EndpointID,
    PartyIdentification,
    PartyName,
    Name,
    PostalAddress,
    PostalZone,
    Country,
    IdentificationCode,
    PartyTaxScheme,
    CompanyID,
    PartyLegalEntity,
    RegistrationName,
    Delivery,
    ActualDeliveryDate,
    AllowanceCharge,
    ChargeIndicator,
    AllowanceChargeReasonCode,
    AllowanceChargeReason,
    Amount,
    LegalMonetaryTotal,
    LineExtensionAmount,
    TaxExclusiveAmount,
    TaxInclusiveAmount,
    InvoiceLine,
    CreditNoteLine,
    InvoicedQuantity,
    CreditedQuantity,
    Item,
    SellersItemIdentification,
    StandardItemIdentification,
    CommodityClassification,
    ItemClassificationCode,
    ClassifiedTaxCategory,
    Percent,
    AdditionalItemProperty,
    Value,
    Price,
    PriceAmount,
    BaseQuantity,
    Shipment,
    GrossWeightMeasure,
    NetWeightMeasure,
    GrossVolumeMeasure,
    Consignment,
    OriginalDespatchTransportationService,
    TransportServiceCode,
    TransportEquipment,
    TransportEquipmentTypeCode,
    Description,
    MeasurementDimension,
    AttributeID,
    Measure,
    EnvironmentalEmission,
    EnvironmentalEmissionTypeCode,
    ValueMeasure,
    ShipmentStage,
    TransportModeCode,
    TransportMeansTypeCode,
    Despatch,
    ActualDespatchDate,
    DespatchAddress,
    DeliveryLocation,
    Address,
    DespatchLine,
    DeliveredQuantity,
);

impl Tag {
    /// Elements whose text is wanted.
    pub(super) const fn has_text(self) -> bool {
        matches!(
            self,
            Self::CustomizationID
                | Self::ID
                | Self::IssueDate
                | Self::InvoiceTypeCode
                | Self::CreditNoteTypeCode
                | Self::DocumentCurrencyCode
                | Self::StartDate
                | Self::EndDate
                | Self::EndpointID
                | Self::Name
                | Self::PostalZone
                | Self::IdentificationCode
                | Self::CompanyID
                | Self::RegistrationName
                | Self::ActualDeliveryDate
                | Self::ChargeIndicator
                | Self::AllowanceChargeReasonCode
                | Self::AllowanceChargeReason
                | Self::Amount
                | Self::LineExtensionAmount
                | Self::TaxExclusiveAmount
                | Self::TaxInclusiveAmount
                | Self::InvoicedQuantity
                | Self::CreditedQuantity
                | Self::ItemClassificationCode
                | Self::Percent
                | Self::Value
                | Self::PriceAmount
                | Self::BaseQuantity
                | Self::GrossWeightMeasure
                | Self::NetWeightMeasure
                | Self::GrossVolumeMeasure
                | Self::TransportServiceCode
                | Self::TransportEquipmentTypeCode
                | Self::Description
                | Self::AttributeID
                | Self::Measure
                | Self::EnvironmentalEmissionTypeCode
                | Self::ValueMeasure
                | Self::TransportModeCode
                | Self::TransportMeansTypeCode
                | Self::ActualDespatchDate
                | Self::DeliveredQuantity
        )
    }

    /// The attribute that says what the text is in, or of.
    pub(super) const fn attribute(self) -> Option<&'static str> {
        Some(match self {
            Self::ID | Self::EndpointID | Self::CompanyID => "schemeID",
            Self::InvoicedQuantity
            | Self::CreditedQuantity
            | Self::BaseQuantity
            | Self::GrossWeightMeasure
            | Self::NetWeightMeasure
            | Self::GrossVolumeMeasure
            | Self::Measure
            | Self::ValueMeasure
            | Self::DeliveredQuantity => "unitCode",
            Self::Amount | Self::LineExtensionAmount | Self::PriceAmount => "currencyID",
            Self::ItemClassificationCode => "listID",
            _ => return None,
        })
    }
}
