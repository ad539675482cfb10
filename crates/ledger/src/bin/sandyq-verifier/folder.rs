//! A ledger in a folder of tiles, laid out as C2SP `tlog-tiles` serves it.

use std::io;
use std::path::{Path, PathBuf};

use sandyq_ledger::tile::{Layer, TILE_WIDTH, TileId, TileReader, decode_bundle};

/// Tiles as files below a folder.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The entries of a ledger of this size, bundle by bundle.
    pub fn entries(&self, size: u64) -> impl Iterator<Item = Result<Vec<u8>, String>> {
        let bundles = (0..).map_while(move |index| TileId::in_tree(Layer::Entries, index, size));
        bundles.flat_map(|id| match self.bundle(id) {
            Ok(entries) => entries.into_iter().map(Ok).collect(),
            Err(why) => vec![Err(why)],
        })
    }

    fn bundle(&self, id: TileId) -> Result<Vec<Vec<u8>>, String> {
        let bytes = self.read(id).map_err(|error| format!("bundle `{id}`: {error}"))?;
        let entries = decode_bundle(&bytes).map_err(|error| format!("bundle `{id}`: {error}"))?;
        Ok(entries
            .into_iter()
            .take(usize::from(id.width))
            .map(<[u8]>::to_vec)
            .collect())
    }

    /// The file of a tile, or of the full tile that took its place.
    fn read(&self, id: TileId) -> io::Result<Vec<u8>> {
        match std::fs::read(self.0.join(id.path())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !id.is_full() => std::fs::read(
                self.0.join(
                    TileId {
                        width: TILE_WIDTH,
                        ..id
                    }
                    .path(),
                ),
            ),
            read => read,
        }
    }
}

impl TileReader for Folder {
    type Error = io::Error;

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, io::Error> {
        self.read(id)
    }
}
