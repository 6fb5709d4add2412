//! Shipments: consignments with mass, distance and its basis, vehicle and carrier.
//!
//! For: despatch advices with fuel and CO2, and the tables that companies keep of their freight.
//! Not for: routes and tours.
//! Start with [`Consignment`].

mod consignment;

pub use consignment::{Consignment, Distance, DistanceBasis, Endpoint, FuelUse, Mode};
