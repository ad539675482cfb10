//! Randomness as an argument: keys, nonces, ids and codes come from a chance that is handed in.

/// Where unpredictable bytes come from.
pub trait Chance: Send + Sync {
    /// Fills the slice with bytes nobody can predict.
    fn fill(&self, bytes: &mut [u8]);
}
