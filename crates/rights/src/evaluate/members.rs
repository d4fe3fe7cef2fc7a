//! What members of a group give together.

use super::{Context, Evaluation, Value};
use crate::model::{Entity, Gather, NodeId, Roles, Scalar};
use crate::ratio::Ratio;
use crate::situation::Situation;

impl Evaluation<'_> {
    pub(super) fn holds(&self, entity: Entity, roles: Roles, person: u16) -> bool {
        let group = self.situation.group_of(entity, person);
        let members = group.map_or(&[][..], |group| self.situation.members(entity, group));
        if roles == 0 {
            return members.first().is_some_and(|(first, _)| *first == person);
        }
        let mut members = members.iter();
        members.any(|(member, role)| *member == person && Situation::has_role(*role, roles))
    }

    pub(super) fn gather(
        &mut self,
        (gather, entity, roles): (Gather, Entity, Roles),
        body: NodeId,
        default: Option<NodeId>,
        context: Context,
    ) -> Value {
        let situation = self.situation;
        let members = situation.members(entity, context.place);
        let mut members = members
            .iter()
            .filter(|(_, role)| Situation::has_role(*role, roles));
        let mut so_far = match gather {
            Gather::Sum | Gather::Count => Value::Known(Scalar::Number(Ratio::ZERO)),
            Gather::Any => Value::truth(false),
            Gather::All => Value::truth(true),
            Gather::Largest | Gather::Smallest => {
                let Some((first, _)) = members.next() else {
                    return match default {
                        Some(default) => self.node(default, context),
                        None => Value::Refused(super::Why::Nobody),
                    };
                };
                self.node(
                    body,
                    Context {
                        place: *first,
                        ..context
                    },
                )
            }
        };
        for (person, _) in members {
            let value = self.node(
                body,
                Context {
                    place: *person,
                    ..context
                },
            );
            so_far = match gather {
                Gather::Any => self.decided(so_far, value, true),
                Gather::All => self.decided(so_far, value, false),
                Gather::Sum => self.added(so_far, value),
                Gather::Count => {
                    let one = match value {
                        Value::Known(Scalar::Truth(true)) => Value::number(Some(Ratio::whole(1))),
                        Value::Known(_) => Value::number(Some(Ratio::ZERO)),
                        other => other,
                    };
                    self.added(so_far, one)
                }
                Gather::Largest | Gather::Smallest => match (so_far, value) {
                    (Value::Known(Scalar::Number(a)), Value::Known(Scalar::Number(b))) => {
                        let larger = gather == Gather::Largest;
                        Value::number(Some(if larger { a.max(b) } else { a.min(b) }))
                    }
                    _ => self.joined(so_far, value),
                },
            };
        }
        so_far
    }
}
