//! Every extractor of the table, run over its fixtures, over real data where that is at hand, and
//! over bytes nobody meant.

mod extractors {
    mod binary;
    mod corpus;
    mod fetched;
    mod fixtures;
    mod formats;
    mod haskell;
    mod hostile;
    mod java;
    mod rpm;
    mod run;
}
