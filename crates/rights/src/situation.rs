//! Whom the law is asked about: people, the groups they form, and what was declared of them. What was
//! not declared is either unknown, or what the interface takes by default; the situation says which.

use crate::keys::{Key, Keyed};
use crate::model::{Entity, Law, Roles, Scalar, VariableId};
use crate::period::Period;

/// What a fact nobody stated is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Absent {
    /// Unknown: what needs it says so.
    #[default]
    Unknown,
    /// The variable's default, as the reference's interface does.
    Default,
}

/// A group and its members, each by its place among the people and its role's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub name: String,
    pub members: Vec<(u16, u8)>,
}

/// People, groups, facts.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    pub(crate) people: Vec<String>,
    pub(crate) groups: [Vec<Group>; 3],
    /// The group of each person, by entity.
    pub(crate) of: [Vec<u16>; 3],
    pub(crate) texts: Vec<String>,
    pub(crate) inputs: Keyed<Scalar>,
    /// What was not stated.
    pub absent: Absent,
}

/// Why a person or a group cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unplaced {
    /// More than can be numbered.
    #[error("more than 65,000 people or groups")]
    TooMany,
    /// A member who is not among the people.
    #[error("a member is not among the people")]
    NoSuchPerson,
    /// A person twice in groups of one kind.
    #[error("a person is in two groups of one kind")]
    Twice,
    /// A role this kind of group has not.
    #[error("no such role")]
    NoSuchRole,
}

pub(crate) const fn group_place(entity: Entity) -> Option<usize> {
    match entity {
        Entity::Individu => None,
        Entity::Famille => Some(0),
        Entity::FoyerFiscal => Some(1),
        Entity::Menage => Some(2),
    }
}

const NOWHERE: u16 = u16::MAX;

impl Situation {
    /// A situation without anyone.
    #[must_use]
    pub fn new(absent: Absent) -> Self {
        Self {
            absent,
            ..Self::default()
        }
    }

    /// Adds a person and gives their place.
    pub fn add_person(&mut self, name: &str) -> Result<u16, Unplaced> {
        let place = u16::try_from(self.people.len()).map_err(|_| Unplaced::TooMany)?;
        if place >= NOWHERE - 1 {
            return Err(Unplaced::TooMany);
        }
        self.people.push(name.to_owned());
        for of in &mut self.of {
            of.push(NOWHERE);
        }
        Ok(place)
    }

    /// Adds a group of members (person, role) and gives its place.
    pub fn add_group(
        &mut self,
        entity: Entity,
        name: &str,
        members: &[(u16, u8)],
    ) -> Result<u16, Unplaced> {
        let kind = group_place(entity).ok_or(Unplaced::NoSuchRole)?;
        let (Some(groups), Some(of)) = (self.groups.get_mut(kind), self.of.get_mut(kind)) else {
            return Err(Unplaced::NoSuchRole);
        };
        let place = u16::try_from(groups.len()).map_err(|_| Unplaced::TooMany)?;
        for (person, role) in members {
            if usize::from(*role) >= entity.roles().len() {
                return Err(Unplaced::NoSuchRole);
            }
            let slot = of
                .get_mut(usize::from(*person))
                .ok_or(Unplaced::NoSuchPerson)?;
            if *slot != NOWHERE {
                return Err(Unplaced::Twice);
            }
            *slot = place;
        }
        let mut members = members.to_vec();
        // The first of the first role speaks for the group, whatever the order of writing.
        members.sort_by_key(|(_, role)| *role);
        groups.push(Group {
            name: name.to_owned(),
            members,
        });
        Ok(place)
    }

    /// Those no group of a kind holds form one each, in its first role.
    pub fn complete_groups(&mut self) -> Result<(), Unplaced> {
        for entity in [Entity::Famille, Entity::FoyerFiscal, Entity::Menage] {
            for person in 0..self.people.len() {
                let kind = group_place(entity).unwrap_or_default();
                let alone = self.of.get(kind).and_then(|of| of.get(person)) == Some(&NOWHERE);
                if alone {
                    let name = self.people.get(person).cloned().unwrap_or_default();
                    let person = u16::try_from(person).map_err(|_| Unplaced::TooMany)?;
                    self.add_group(entity, &name, &[(person, 0)])?;
                }
            }
        }
        Ok(())
    }

    /// Whether everyone is in a group of each kind, and no group is empty.
    pub(crate) fn is_whole(&self) -> bool {
        let placed = self.of.iter().all(|of| !of.contains(&NOWHERE));
        let mut groups = self.groups.iter().flatten();
        placed && groups.all(|group| !group.members.is_empty())
    }

    /// How many there are of an entity.
    #[must_use]
    pub fn count(&self, entity: Entity) -> usize {
        match group_place(entity) {
            None => self.people.len(),
            Some(kind) => self.groups.get(kind).map_or(0, Vec::len),
        }
    }

    /// The name of one of an entity.
    #[must_use]
    pub fn name_of(&self, entity: Entity, place: u16) -> &str {
        let place = usize::from(place);
        match group_place(entity) {
            None => self.people.get(place).map_or("", String::as_str),
            Some(kind) => {
                let groups = self.groups.get(kind);
                groups
                    .and_then(|g| g.get(place))
                    .map_or("", |g| g.name.as_str())
            }
        }
    }

    /// States a fact, or the value of a rule in the place of its computation.
    pub fn state(&mut self, variable: VariableId, place: u16, period: Period, value: Scalar) {
        self.inputs.insert(Key::new(variable, place, period), value);
    }

    /// Forgets what was stated.
    pub fn forget(&mut self, variable: VariableId, place: u16, period: Period) {
        self.inputs.remove(&Key::new(variable, place, period));
    }

    /// A text as a value: the law's own texts first, so that equal texts are equal values.
    pub fn text(&mut self, law: &Law, text: &str) -> Scalar {
        let own = law.texts.iter().position(|t| t == text);
        let place = own.unwrap_or_else(|| {
            let found = self.texts.iter().position(|t| t == text);
            law.texts.len()
                + found.unwrap_or_else(|| {
                    self.texts.push(text.to_owned());
                    self.texts.len() - 1
                })
        });
        Scalar::Text(u32::try_from(place).unwrap_or(u32::MAX))
    }

    pub(crate) fn text_of<'a>(&'a self, law: &'a Law, id: u32) -> &'a str {
        let id = id as usize;
        let own = law.texts.get(id);
        let text = own.or_else(|| self.texts.get(id.wrapping_sub(law.texts.len())));
        text.map_or("", String::as_str)
    }

    pub(crate) fn members(&self, entity: Entity, place: u16) -> &[(u16, u8)] {
        let groups = group_place(entity).and_then(|kind| self.groups.get(kind));
        let group = groups.and_then(|g| g.get(usize::from(place)));
        group.map_or(&[], |g| g.members.as_slice())
    }

    pub(crate) fn group_of(&self, entity: Entity, person: u16) -> Option<u16> {
        let of = self.of.get(group_place(entity)?)?;
        of.get(usize::from(person))
            .copied()
            .filter(|place| *place != NOWHERE)
    }

    pub(crate) fn has_role(role: u8, roles: Roles) -> bool {
        roles & 1_u8.checked_shl(u32::from(role)).unwrap_or(0) != 0
    }
}
