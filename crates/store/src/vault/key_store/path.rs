//! Where a node of the key tree stands: the half-bytes of subjects' random ids, or of tokens, that lead to it from the top.

use sandyq_model::SubjectId;

/// Where something lies in the tree: a subject's id, or a token.
pub(super) type Place = [u8; 16];

/// The way from the top to a node; one half-byte for each level.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<u8>);

impl Path {
    /// The top of the tree.
    pub(super) const fn top() -> Self {
        Self(Vec::new())
    }

    /// How far below the top.
    pub(super) const fn depth(&self) -> usize {
        self.0.len()
    }

    pub(super) fn steps(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn child(&self, step: u8) -> Self {
        Self(self.0.iter().copied().chain([step]).collect())
    }

    /// The node above, and the step that leads from there to here.
    pub(super) fn parent(&self) -> Option<(Self, u8)> {
        let (last, above) = self.0.split_last()?;
        Some((Self(above.to_vec()), *last))
    }

    /// This node and every one above it.
    pub(super) fn with_those_above(&self) -> impl Iterator<Item = Self> + '_ {
        (0..=self.0.len()).map(|depth| Self(self.0.iter().copied().take(depth).collect()))
    }

    /// The step that leads from here towards that place.
    pub(super) fn towards(&self, place: &Place) -> u8 {
        let byte = place.get(self.depth() / 2).copied().unwrap_or(0);
        if self.depth().is_multiple_of(2) {
            byte >> 4
        } else {
            byte & 0x0f
        }
    }

    /// Whether everything below is before that subject.
    pub(super) fn is_before(&self, subject: SubjectId) -> bool {
        let whole = subject
            .as_bytes()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 0x0f]);
        self.0.iter().copied().lt(whole.take(self.depth()))
    }

    /// The row of the node itself.
    pub(super) fn row(&self) -> Vec<u8> {
        [&[NODE_ROWS][..], &self.0].concat()
    }

    /// The row that marks the node as one to be given a new key. In order of these rows the deepest come first.
    pub(super) fn mark(&self) -> Vec<u8> {
        let depth = u8::try_from(self.depth()).unwrap_or(u8::MAX);
        [&[MARK_ROWS, u8::MAX - depth][..], &self.0].concat()
    }

    /// The node that such a row marks.
    pub(super) fn of_mark(row: &[u8]) -> Option<Self> {
        match row {
            [MARK_ROWS, _, steps @ ..] => Some(Self(steps.to_vec())),
            _ => None,
        }
    }
}

/// Marks of nodes that wait for a new key.
pub(super) const MARK_ROWS: u8 = b'd';
/// Nodes.
const NODE_ROWS: u8 = b'n';
/// Steps from the top to the end of a place.
pub(super) const DEPTH_MAX: usize = 32;
