//! What lies at rest, from outside: commits, backups, the second copy and the ledger on both engines; kills, power cuts and disks that fail.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod base_backup;
#[cfg(test)]
mod breach_people;
#[cfg(test)]
mod commits;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod engines;
#[cfg(test)]
mod faulty_disk;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod mounted;
#[cfg(test)]
mod object_store;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod second_copy;
#[cfg(test)]
mod throughput;
#[cfg(test)]
mod traced;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod witness;
