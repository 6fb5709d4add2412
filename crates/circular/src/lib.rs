//! Who can use whose waste, by-product, water or surplus heat.
//!
//! For: streams and what is wrong with them ([`stream`]), suggesting takers with reasons ([`matching`]) and codes for words
//! ([`codes`]), the question of waste law that every match carries ([`legal`]), following a match to measured tonnes ([`board`], [`records`]),
//! heat that fits or must be raised ([`heat`]),
//! indicators ([`indicators`]), and what others may see of a stream ([`visible`]).
//! Not for: designing the network of exchanges or splitting its gain; storage, pages, rights.
//! Start with [`stream::Stream`], then [`matching::Matcher::rank`].

pub mod board;
pub mod cases;
pub mod codes;
pub mod heat;
pub mod indicators;
pub mod legal;
pub mod matching;
pub mod records;
pub mod sectors;
pub mod stream;
pub mod substitutes;
pub mod text;
pub mod visible;

#[cfg(test)]
mod test_streams;
