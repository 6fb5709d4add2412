//! Emissions of transport chains by EN ISO 14083.
//!
//! For: calculating chains of legs and hubs; empty so far.
//! Not for: routes, prices, storage, the ledger's scopes of anything but transport.
