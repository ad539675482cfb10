//! DEF-4: the tree of keys. Every node has a random key; what is below a node lies under its key in one row; the key of
//! the node at the top lies under the key of the epoch. Who gives every node above a dead key a new key, and then
//! forgets the epoch's, has made every older copy of the dead key useless.
//!
//! A [`Tree`] is the part of it that one transaction has touched. It knows no engine, no epoch and no clock.

use std::collections::BTreeMap;

use sandyq_model::{Chance, Fault, SubjectId};

use super::super::subject_key::{NewKey, WrappedKey};
use super::node::{BUCKET_KEYS_MAX, Name, Node, NodeKey};
use super::path::{DEPTH_MAX, Path};
use super::rows::{KeyRow, Rows};

/// The nodes that one transaction has opened.
pub(super) struct Tree<'r> {
    rows: &'r mut dyn Rows,
    chance: &'r dyn Chance,
    nodes: BTreeMap<Path, Opened>,
}

struct Opened {
    key: NodeKey,
    node: Node,
    changed: bool,
}

/// Where the way to a subject ends.
enum End {
    Bucket(Path),
    /// No node yet below that one.
    Gap(Path),
}

impl<'r> Tree<'r> {
    /// The tree whose top has that key.
    pub(super) fn open(rows: &'r mut dyn Rows, chance: &'r dyn Chance, top: NodeKey) -> Result<Self, Fault> {
        let mut tree = Self {
            rows,
            chance,
            nodes: BTreeMap::new(),
        };
        tree.load(Path::top(), top)?;
        Ok(tree)
    }

    /// A tree with nothing in it.
    pub(super) fn plant(rows: &'r mut dyn Rows, chance: &'r dyn Chance, top: NodeKey) -> Self {
        let opened = Opened {
            key: top,
            node: Node::empty(),
            changed: true,
        };
        Self {
            rows,
            chance,
            nodes: BTreeMap::from([(Path::top(), opened)]),
        }
    }

    /// The engine beneath.
    pub(super) fn rows(&mut self) -> &mut dyn Rows {
        self.rows
    }

    /// The wrapped key of that name.
    pub(super) fn find(&mut self, name: Name) -> Result<Option<WrappedKey>, Fault> {
        let End::Bucket(path) = self.walk(name.0)? else {
            return Ok(None);
        };
        let Some(bytes) = self.bucket(&path)?.get(&name) else {
            return Ok(None);
        };
        Ok(Some(WrappedKey::from_row(name.0, name.1, bytes)?))
    }

    /// Adds a key; says whether it was not there before.
    ///
    /// # Errors
    /// When another key of the same name is there: overwriting it would destroy what it has sealed.
    pub(super) fn put(&mut self, key: &NewKey) -> Result<bool, Fault> {
        let key = key.wrapped();
        let path = match self.walk(key.subject())? {
            End::Bucket(path) => path,
            End::Gap(above) => self.grow(&above, above.towards(key.subject()))?,
        };
        let bucket = self.bucket(&path)?;
        match bucket.get(&(key.subject(), key.generation())) {
            Some(there) if there == key.as_bytes() => return Ok(false),
            Some(_) => return Err(occupied()),
            None => bucket.insert((key.subject(), key.generation()), *key.as_bytes()),
        };
        let overfull = bucket.len() > BUCKET_KEYS_MAX;
        self.touch(&path);
        if overfull {
            self.split(path)?;
        }
        Ok(true)
    }

    /// Puts another wrapping of the same key in the place of the one that is there; says whether there was one.
    pub(super) fn replace(&mut self, key: &NewKey) -> Result<bool, Fault> {
        let key = key.wrapped();
        let End::Bucket(path) = self.walk(key.subject())? else {
            return Ok(false);
        };
        match self.bucket(&path)?.get_mut(&(key.subject(), key.generation())) {
            Some(there) => *there = *key.as_bytes(),
            None => return Ok(false),
        }
        self.touch(&path);
        Ok(true)
    }

    /// Takes a key away; gives the bucket in which it was.
    pub(super) fn take(&mut self, name: Name) -> Result<Option<Path>, Fault> {
        let End::Bucket(path) = self.walk(name.0)? else {
            return Ok(None);
        };
        if self.bucket(&path)?.remove(&name).is_none() {
            return Ok(None);
        }
        self.touch(&path);
        Ok(Some(path))
    }

    /// Gives a node below the top a new key.
    pub(super) fn renew(&mut self, path: &Path) -> Result<(), Fault> {
        let Some((above, step)) = path.parent() else {
            return Err(missing());
        };
        self.walk_to(path)?;
        let key = NodeKey::random(self.chance);
        self.children(&above)?.insert(step, key.clone());
        self.touch(&above);
        let opened = self.nodes.get_mut(path).ok_or_else(missing)?;
        opened.key = key;
        opened.changed = true;
        Ok(())
    }

    /// Gives the top that key.
    pub(super) fn renew_top(&mut self, key: NodeKey) -> Result<(), Fault> {
        let opened = self.nodes.get_mut(&Path::top()).ok_or_else(missing)?;
        opened.key = key;
        opened.changed = true;
        Ok(())
    }

    /// The rows of every node that changed.
    pub(super) fn changed(&self) -> Result<Vec<KeyRow>, Fault> {
        let changed = self.nodes.iter().filter(|(_, opened)| opened.changed);
        changed
            .map(|(path, opened)| Ok((path.row(), opened.node.seal(path, &opened.key, self.chance)?)))
            .collect()
    }

    /// The next keys after that one, in order; at most so many. Keeps no node.
    pub(super) fn page(&mut self, after: Option<Name>, limit: usize) -> Result<Vec<WrappedKey>, Fault> {
        let mut page = Vec::with_capacity(limit);
        let top = self.nodes.get(&Path::top()).ok_or_else(missing)?;
        let mut ahead = vec![(Path::top(), top.key.clone())];
        while let Some((path, key)) = ahead.pop() {
            match self.read(&path, &key)? {
                Node::Inner(children) => {
                    let below = children
                        .into_iter()
                        .rev()
                        .map(|(step, key)| (path.child(step), key));
                    ahead.extend(
                        below.filter(|(path, _)| after.is_none_or(|(subject, _)| !path.is_before(subject))),
                    );
                }
                Node::Bucket(keys) => {
                    let behind = keys
                        .iter()
                        .filter(|(name, _)| after.is_none_or(|after| **name > after));
                    for ((subject, generation), bytes) in behind.take(limit - page.len()) {
                        page.push(WrappedKey::from_row(*subject, *generation, bytes)?);
                    }
                    if page.len() >= limit {
                        break;
                    }
                }
            }
        }
        Ok(page)
    }

    fn walk(&mut self, subject: SubjectId) -> Result<End, Fault> {
        let mut path = Path::top();
        loop {
            let step = path.towards(subject);
            let key = match &self.nodes.get(&path).ok_or_else(missing)?.node {
                Node::Bucket(_) => return Ok(End::Bucket(path)),
                Node::Inner(children) => children.get(&step).cloned(),
            };
            let Some(key) = key else {
                return Ok(End::Gap(path));
            };
            path = path.child(step);
            self.load(path.clone(), key)?;
        }
    }

    fn walk_to(&mut self, end: &Path) -> Result<(), Fault> {
        let mut path = Path::top();
        for step in end.steps() {
            let key = self.children(&path)?.get(step).cloned().ok_or_else(missing)?;
            path = path.child(*step);
            self.load(path.clone(), key)?;
        }
        Ok(())
    }

    fn load(&mut self, path: Path, key: NodeKey) -> Result<(), Fault> {
        if !self.nodes.contains_key(&path) {
            let node = self.read(&path, &key)?;
            let opened = Opened {
                key,
                node,
                changed: false,
            };
            self.nodes.insert(path, opened);
        }
        Ok(())
    }

    fn read(&mut self, path: &Path, key: &NodeKey) -> Result<Node, Fault> {
        let row = self.rows.get(&path.row())?.ok_or_else(missing)?;
        Node::open(&row, path, key)
    }

    /// A new bucket below an inner node.
    fn grow(&mut self, above: &Path, step: u8) -> Result<Path, Fault> {
        let key = NodeKey::random(self.chance);
        self.children(above)?.insert(step, key.clone());
        self.touch(above);
        let path = above.child(step);
        let opened = Opened {
            key,
            node: Node::empty(),
            changed: true,
        };
        self.nodes.insert(path.clone(), opened);
        Ok(path)
    }

    /// Makes an inner node of an overfull bucket. It keeps its key: whatever dies below it later gives it a new one.
    fn split(&mut self, path: Path) -> Result<(), Fault> {
        let mut overfull = vec![path];
        while let Some(path) = overfull.pop() {
            if path.depth() >= DEPTH_MAX {
                continue;
            }
            let opened = self.nodes.get_mut(&path).ok_or_else(missing)?;
            let Node::Bucket(keys) = std::mem::replace(&mut opened.node, Node::Inner(BTreeMap::new())) else {
                return Err(missing());
            };
            opened.changed = true;
            let mut parts: BTreeMap<u8, BTreeMap<_, _>> = BTreeMap::new();
            for (name, bytes) in keys {
                parts.entry(path.towards(name.0)).or_default().insert(name, bytes);
            }
            for (step, keys) in parts {
                let part = self.grow(&path, step)?;
                let too_many = keys.len() > BUCKET_KEYS_MAX;
                self.bucket(&part)?.extend(keys);
                if too_many {
                    overfull.push(part);
                }
            }
        }
        Ok(())
    }

    fn bucket(
        &mut self,
        path: &Path,
    ) -> Result<&mut BTreeMap<Name, [u8; super::super::WRAPPED_BYTES]>, Fault> {
        match self.nodes.get_mut(path).map(|opened| &mut opened.node) {
            Some(Node::Bucket(keys)) => Ok(keys),
            _ => Err(missing()),
        }
    }

    fn children(&mut self, path: &Path) -> Result<&mut BTreeMap<u8, NodeKey>, Fault> {
        match self.nodes.get_mut(path).map(|opened| &mut opened.node) {
            Some(Node::Inner(children)) => Ok(children),
            _ => Err(missing()),
        }
    }

    fn touch(&mut self, path: &Path) {
        if let Some(opened) = self.nodes.get_mut(path) {
            opened.changed = true;
        }
    }
}

fn occupied() -> Fault {
    Fault::Vault("another key of the same subject and generation is there already".to_owned())
}

fn missing() -> Fault {
    Fault::Vault(
        "a node of the key tree is missing or not what leads to it says; bring the key store back from its second copy"
            .to_owned(),
    )
}
