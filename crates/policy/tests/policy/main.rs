//! The policy folder read from outside: mistakes that are found, decisions, letters, and the register that comes out of it.

#[cfg(test)]
mod check;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod register;
