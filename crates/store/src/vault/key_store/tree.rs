//! DEF-4: the tree of keys. Every node has a random key; what is below a node lies under its key in one row; the key of
//! the node at the top lies under the key of the epoch. Who gives every node above a dead key a new key, and then
//! forgets the epoch's, has made every older copy of the dead key useless.
//!
//! A [`Tree`] is the part of it that one transaction has touched. It knows no engine, no epoch and no clock.

use std::collections::BTreeMap;

use sandyq_model::{Chance, Fault, SubjectId};

use super::super::lead::{Lead, SearchToken};
use super::super::subject_key::{NewKey, WrappedKey};
use super::node::{BUCKET_MAX, Bucket, Name, Node, NodeKey};
use super::path::{DEPTH_MAX, Path, Place};
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

/// Where the way to a place ends.
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
        let End::Bucket(path) = self.walk(name.0.as_bytes())? else {
            return Ok(None);
        };
        let Some(bytes) = self.bucket(&path)?.keys.get(&name) else {
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
        let path = self.bucket_for(key.subject().as_bytes())?;
        let bucket = self.bucket(&path)?;
        match bucket.keys.get(&(key.subject(), key.generation())) {
            Some(there) if there == key.as_bytes() => return Ok(false),
            Some(_) => return Err(occupied()),
            None => bucket
                .keys
                .insert((key.subject(), key.generation()), *key.as_bytes()),
        };
        self.filled(path)?;
        Ok(true)
    }

    /// Adds a lead at both its ends; does nothing when too many start from the same token.
    pub(super) fn lead(&mut self, lead: Lead) -> Result<(), Fault> {
        let from = self.bucket_for(&lead.token)?;
        let leads = &mut self.bucket(&from)?.from_here;
        let beside = leads.iter().filter(|other| other.token == lead.token).count();
        if beside >= LEADS_FROM_TOKEN_MAX || !leads.insert(lead) {
            return Ok(());
        }
        self.filled(from)?;
        let to = self.bucket_for(lead.subject.as_bytes())?;
        self.bucket(&to)?.to_here.insert(lead);
        self.filled(to)
    }

    /// The leads that start from a token.
    pub(super) fn leads_from(&mut self, token: &SearchToken) -> Result<Vec<Lead>, Fault> {
        let End::Bucket(path) = self.walk(token)? else {
            return Ok(Vec::new());
        };
        let leads = self.bucket(&path)?.from_here.iter();
        Ok(leads.filter(|lead| lead.token == *token).copied().collect())
    }

    /// The leads that lead to a subject.
    pub(super) fn leads_to(&mut self, subject: SubjectId) -> Result<Vec<Lead>, Fault> {
        let End::Bucket(path) = self.walk(subject.as_bytes())? else {
            return Ok(Vec::new());
        };
        let leads = self.bucket(&path)?.to_here.iter();
        Ok(leads.filter(|lead| lead.subject == subject).copied().collect())
    }

    /// Takes a lead away; gives the buckets in which it was.
    pub(super) fn take_lead(&mut self, lead: &Lead) -> Result<Vec<Path>, Fault> {
        let mut taken = Vec::with_capacity(2);
        for place in [&lead.token, lead.subject.as_bytes()] {
            let End::Bucket(path) = self.walk(place)? else {
                continue;
            };
            let bucket = self.bucket(&path)?;
            // Both ends may lie in one bucket.
            if bucket.from_here.remove(lead) | bucket.to_here.remove(lead) {
                self.touch(&path);
                taken.push(path);
            }
        }
        Ok(taken)
    }

    /// Puts another wrapping of the same key in the place of the one that is there; says whether there was one.
    pub(super) fn replace(&mut self, key: &NewKey) -> Result<bool, Fault> {
        let key = key.wrapped();
        let End::Bucket(path) = self.walk(key.subject().as_bytes())? else {
            return Ok(false);
        };
        match self
            .bucket(&path)?
            .keys
            .get_mut(&(key.subject(), key.generation()))
        {
            Some(there) => *there = *key.as_bytes(),
            None => return Ok(false),
        }
        self.touch(&path);
        Ok(true)
    }

    /// Takes a key away; gives the bucket in which it was.
    pub(super) fn take(&mut self, name: Name) -> Result<Option<Path>, Fault> {
        let End::Bucket(path) = self.walk(name.0.as_bytes())? else {
            return Ok(None);
        };
        if self.bucket(&path)?.keys.remove(&name).is_none() {
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
        self.each_bucket(after.map(|(subject, _)| subject), |bucket| {
            let behind = bucket
                .keys
                .iter()
                .filter(|(name, _)| after.is_none_or(|after| **name > after));
            for ((subject, generation), bytes) in behind.take(limit - page.len()) {
                page.push(WrappedKey::from_row(*subject, *generation, bytes)?);
            }
            Ok(page.len() < limit)
        })?;
        Ok(page)
    }

    /// The leads to the next subjects behind that one, in order; of whole subjects, and about so many. Keeps no node.
    pub(super) fn page_of_leads(
        &mut self,
        after: Option<SubjectId>,
        about: usize,
    ) -> Result<Vec<Lead>, Fault> {
        let mut page = Vec::new();
        self.each_bucket(after, |bucket| {
            let behind = bucket.to_here.iter();
            page.extend(behind.filter(|lead| after.is_none_or(|after| lead.subject > after)));
            Ok(page.len() < about)
        })?;
        Ok(page)
    }

    /// Visits the buckets in order, but those whose subjects are all before that one, until told to stop.
    fn each_bucket(
        &mut self,
        after: Option<SubjectId>,
        mut visit: impl FnMut(&Bucket) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let top = self.nodes.get(&Path::top()).ok_or_else(missing)?;
        let mut ahead = vec![(Path::top(), top.key.clone())];
        while let Some((path, key)) = ahead.pop() {
            match self.read(&path, &key)? {
                Node::Inner(children) => {
                    let below = children
                        .into_iter()
                        .rev()
                        .map(|(step, key)| (path.child(step), key));
                    ahead.extend(below.filter(|(path, _)| after.is_none_or(|after| !path.is_before(after))));
                }
                Node::Bucket(bucket) => {
                    if !visit(&bucket)? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn walk(&mut self, place: &Place) -> Result<End, Fault> {
        let mut path = Path::top();
        loop {
            let step = path.towards(place);
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

    /// The bucket for a place, which is there or grows.
    fn bucket_for(&mut self, place: &Place) -> Result<Path, Fault> {
        match self.walk(place)? {
            End::Bucket(path) => Ok(path),
            End::Gap(above) => self.grow(&above, above.towards(place)),
        }
    }

    /// A bucket has become fuller: its row changes, and it may be too full.
    fn filled(&mut self, path: Path) -> Result<(), Fault> {
        self.touch(&path);
        if self.bucket(&path)?.len() > BUCKET_MAX {
            self.split(path)?;
        }
        Ok(())
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
            let Node::Bucket(bucket) = std::mem::replace(&mut opened.node, Node::Inner(BTreeMap::new()))
            else {
                return Err(missing());
            };
            opened.changed = true;
            for (step, bucket) in parts_of(bucket, &path) {
                let part = self.grow(&path, step)?;
                let too_many = bucket.len() > BUCKET_MAX;
                *self.bucket(&part)? = bucket;
                if too_many {
                    overfull.push(part);
                }
            }
        }
        Ok(())
    }

    fn bucket(&mut self, path: &Path) -> Result<&mut Bucket, Fault> {
        match self.nodes.get_mut(path).map(|opened| &mut opened.node) {
            Some(Node::Bucket(bucket)) => Ok(bucket),
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

/// What lies in a bucket, by the step from there towards its place.
fn parts_of(bucket: Bucket, path: &Path) -> BTreeMap<u8, Bucket> {
    let mut parts: BTreeMap<u8, Bucket> = BTreeMap::new();
    for (name, bytes) in bucket.keys {
        let part = parts.entry(path.towards(name.0.as_bytes())).or_default();
        part.keys.insert(name, bytes);
    }
    for lead in bucket.from_here {
        let part = parts.entry(path.towards(&lead.token)).or_default();
        part.from_here.insert(lead);
    }
    for lead in bucket.to_here {
        let part = parts.entry(path.towards(lead.subject.as_bytes())).or_default();
        part.to_here.insert(lead);
    }
    parts
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

/// No more leads start from one token: so many people with one address are nobody's, and a search shows fewer.
pub(super) const LEADS_FROM_TOKEN_MAX: usize = 1000;
