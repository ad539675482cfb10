//! The public site: the policy, the shop, and the whole way of a purchase (2.2.7, 1.2).

pub mod confirm;
pub mod cookies;
pub mod documents;
pub mod forgotten;
pub mod home;
pub mod order;
pub mod pay;
pub mod policy;
pub mod service;
pub mod sign_in;
pub mod taken;
pub mod text;
pub mod winners;
