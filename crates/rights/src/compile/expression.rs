//! Expressions: what each name means, what kind each value is, for whom and when.

use super::Compiler;
use crate::model::{Builtin, Entity, Gather, Kind, Node, NodeId, Reach, Roles};
use crate::period::Rhythm;
use crate::syntax::{Anchor, Binary, Expr, ExprKind, Literal, Refusal, Span, When};

/// For whom and how often an expression is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub entity: Entity,
    pub rhythm: Rhythm,
}

/// Names given by `soit`, the nearest last.
type Locals = Vec<(String, u16, Kind)>;

impl Compiler<'_> {
    /// Compiles a whole expression that must be of `kind`; gives how many names it gives by `soit`.
    pub(super) fn expect(
        &mut self,
        expr: &Expr,
        place: Place,
        kind: Kind,
    ) -> Option<(NodeId, u16)> {
        let mut writer = Writer {
            compiler: self,
            locals: Vec::new(),
            next: 0,
        };
        let node = writer.of_kind(expr, place, kind);
        let used = writer.next;
        self.law.locals = self.law.locals.max(used);
        Some((node?, used))
    }
}

struct Writer<'a, 'b> {
    compiler: &'a mut Compiler<'b>,
    locals: Locals,
    next: u16,
}

impl Writer<'_, '_> {
    fn fault<T>(&mut self, span: Span, what: impl Into<String>) -> Option<T> {
        self.compiler.fault(span, what);
        None
    }

    fn push(&mut self, node: Node) -> Option<NodeId> {
        let id = NodeId::try_from(self.compiler.law.nodes.len()).ok()?;
        self.compiler.law.nodes.push(node);
        Some(id)
    }

    fn push_list(&mut self, list: &[NodeId]) -> Option<(u32, u16)> {
        let start = u32::try_from(self.compiler.law.listed.len()).ok()?;
        self.compiler.law.listed.extend_from_slice(list);
        Some((start, u16::try_from(list.len()).ok()?))
    }

    fn of_kind(&mut self, expr: &Expr, place: Place, kind: Kind) -> Option<NodeId> {
        // A literal takes the kind asked for: 'locataire_vide' alone says no list.
        if let ExprKind::Literal(literal) = &expr.kind {
            let scalar = self.compiler.scalar(literal, kind, expr.span)?;
            return self.push(Node::Constant(scalar));
        }
        if let ExprKind::If(condition, then, other) = &expr.kind {
            let condition = self.of_kind(condition, place, Kind::Truth);
            let then = self.of_kind(then, place, kind);
            let other = self.of_kind(other, place, kind);
            return self.push(Node::If(condition?, then?, other?));
        }
        if let ExprKind::Refuse(refusal, reason) = &expr.kind {
            let id = u32::try_from(self.compiler.law.reasons.len()).ok()?;
            self.compiler.law.reasons.push(reason.clone());
            return self.push(Node::Refuse(*refusal == Refusal::Assessed, id));
        }
        if let ExprKind::Let(name, value, body) = &expr.kind {
            let (value, value_kind) = self.any(value, place)?;
            let slot = self.open(name, value_kind);
            let body = self.of_kind(body, place, kind);
            self.locals.pop();
            return self.push(Node::Let(slot, value, body?));
        }
        let (node, found) = self.any(expr, place)?;
        if found == kind {
            return Some(node);
        }
        let (found, wanted) = (
            self.compiler.described(found),
            self.compiler.described(kind),
        );
        self.fault(expr.span, format!("this is {found}; {wanted} is expected"))
    }

    fn open(&mut self, name: &str, kind: Kind) -> u16 {
        let slot = self.next;
        self.next = self.next.saturating_add(1);
        self.locals.push((name.to_owned(), slot, kind));
        slot
    }

    fn any(&mut self, expr: &Expr, place: Place) -> Option<(NodeId, Kind)> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => {
                let kind = match literal {
                    Literal::Number(_) => Kind::Number,
                    Literal::Amount(_) => Kind::Amount,
                    Literal::Truth(_) => Kind::Truth,
                    Literal::Day(_) => Kind::Day,
                    Literal::Text(_) => Kind::Text,
                };
                let scalar = self.compiler.scalar(literal, kind, span)?;
                Some((self.push(Node::Constant(scalar))?, kind))
            }
            ExprKind::Name(name) => self.named(name, span, place),
            ExprKind::Call(name, arguments) => self.call(name, arguments, span, place),
            ExprKind::Reach(to, inner) => self.reach(to, inner, span, place),
            ExprKind::At(inner, from, to) => self.at(inner, *from, *to, span, place),
            ExprKind::Not(inner) => {
                let inner = self.of_kind(inner, place, Kind::Truth)?;
                Some((self.push(Node::Not(inner))?, Kind::Truth))
            }
            ExprKind::Negate(inner) => {
                let (inner, kind) = self.any(inner, place)?;
                if !matches!(kind, Kind::Amount | Kind::Number) {
                    return self.fault(span, "only a number or an amount has an opposite");
                }
                Some((self.push(Node::Negate(inner))?, kind))
            }
            ExprKind::Binary(sign, left, right) => self.binary(*sign, left, right, span, place),
            ExprKind::If(condition, then, other) => {
                let condition = self.of_kind(condition, place, Kind::Truth)?;
                let (then, kind) = self.any(then, place)?;
                let other = self.of_kind(other, place, kind)?;
                Some((self.push(Node::If(condition, then, other))?, kind))
            }
            ExprKind::Let(name, value, body) => {
                let (value, value_kind) = self.any(value, place)?;
                let slot = self.open(name, value_kind);
                let body = self.any(body, place);
                self.locals.pop();
                let (body, kind) = body?;
                Some((self.push(Node::Let(slot, value, body))?, kind))
            }
            ExprKind::Among(inner, list) => {
                let (inner, kind) = self.any(inner, place)?;
                let mut nodes = Vec::new();
                for one in list {
                    nodes.push(self.of_kind(one, place, kind)?);
                }
                let (start, length) = self.push_list(&nodes)?;
                Some((self.push(Node::Among(inner, start, length))?, Kind::Truth))
            }
            ExprKind::Refuse(..) => {
                self.fault(span, "this can only be what a rule or a branch of si gives")
            }
        }
    }

    fn named(&mut self, name: &str, span: Span, place: Place) -> Option<(NodeId, Kind)> {
        if let Some((_, slot, kind)) = self.locals.iter().rev().find(|(n, _, _)| n == name) {
            let (slot, kind) = (*slot, *kind);
            return Some((self.push(Node::Local(slot))?, kind));
        }
        if let Some(id) = self.compiler.figures.get(name).copied() {
            if place.rhythm == Rhythm::Always {
                return self.fault(span, "a parameter has a value at a date: this has none");
            }
            let kind = self.compiler.law.figures.get(usize::from(id))?.kind;
            return Some((self.push(Node::Parameter(id))?, kind));
        }
        let builtin = match name {
            "premier_jour" => Some((Builtin::FirstDay, Kind::Day)),
            _ => None,
        };
        if let Some((builtin, kind)) = builtin {
            return Some((self.push(Node::Call(builtin, 0, 0))?, kind));
        }
        let Some((id, variable)) = self.compiler.law.variable(name) else {
            let near = self.near(name);
            return self.fault(span, format!("« {name} » is not known{near}"));
        };
        let (entity, rhythm, kind) = (variable.entity, variable.rhythm, variable.kind);
        if entity != place.entity {
            let (of, here) = (entity.name(), place.entity.name());
            return self.fault(
                span,
                format!("« {name} » belongs to {of}, and this is about {here}: say {of}. or gather its members"),
            );
        }
        if rhythm != Rhythm::Always && rhythm != place.rhythm {
            let hint = if rhythm == Rhythm::Year {
                "[N], [N-1]"
            } else {
                "[janvier N], [N]"
            };
            return self.fault(
                span,
                format!("« {name} » has another rhythm: say when, as {hint}"),
            );
        }
        let node = match rhythm {
            Rhythm::Always => Node::Always(id),
            _ => Node::Variable(id),
        };
        Some((self.push(node)?, kind))
    }

    fn near(&self, name: &str) -> String {
        let start: String = name.chars().take(6).collect();
        let law = &self.compiler.law;
        let variables = law.variables.iter().map(|v| &v.name);
        let mut known = variables.chain(law.figures.iter().map(|f| &f.name));
        match known.find(|known| known.starts_with(&start)) {
            Some(found) => format!(" (« {found} » is)"),
            None => String::new(),
        }
    }

    fn binary(
        &mut self,
        sign: Binary,
        left: &Expr,
        right: &Expr,
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        use Binary::{
            And, AtLeast, AtMost, Differs, Equal, Less, Minus, More, Or, Over, Plus, Times,
        };
        if matches!(sign, And | Or) {
            let left = self.of_kind(left, place, Kind::Truth);
            let right = self.of_kind(right, place, Kind::Truth);
            return Some((self.push(Node::Binary(sign, left?, right?))?, Kind::Truth));
        }
        let (a, kind) = self.any(left, place)?;
        if matches!(sign, Times | Over) {
            let (b, other) = self.any(right, place)?;
            let result = match (sign, kind, other) {
                (_, Kind::Number, Kind::Number) | (Over, Kind::Amount, Kind::Amount) => {
                    Kind::Number
                }
                (_, Kind::Amount, Kind::Number) | (Times, Kind::Number, Kind::Amount) => {
                    Kind::Amount
                }
                _ => {
                    let (a, b) = (
                        self.compiler.described(kind),
                        self.compiler.described(other),
                    );
                    return self.fault(span, format!("units do not agree: {a}, {b}"));
                }
            };
            return Some((self.push(Node::Binary(sign, a, b))?, result));
        }
        let b = self.of_kind(right, place, kind)?;
        let ordered = matches!(kind, Kind::Amount | Kind::Number | Kind::Day);
        let result = match sign {
            Plus | Minus if matches!(kind, Kind::Amount | Kind::Number) => kind,
            Equal | Differs => Kind::Truth,
            Less | AtMost | More | AtLeast if ordered => Kind::Truth,
            _ => {
                let kind = self.compiler.described(kind);
                return self.fault(span, format!("this sign says nothing of {kind}"));
            }
        };
        Some((self.push(Node::Binary(sign, a, b))?, result))
    }

    fn reach(
        &mut self,
        to: &str,
        inner: &Expr,
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        let (reach, entity) = match (to, place.entity) {
            ("famille", Entity::Individu) => (Reach::Group(Entity::Famille), Entity::Famille),
            ("foyer_fiscal", Entity::Individu) => {
                (Reach::Group(Entity::FoyerFiscal), Entity::FoyerFiscal)
            }
            ("menage", Entity::Individu) => (Reach::Group(Entity::Menage), Entity::Menage),
            ("demandeur", Entity::Famille) => (Reach::First(Entity::Famille), Entity::Individu),
            ("declarant", Entity::FoyerFiscal) => {
                (Reach::First(Entity::FoyerFiscal), Entity::Individu)
            }
            ("demandeur", Entity::Menage) => (Reach::First(Entity::Menage), Entity::Individu),
            _ => {
                let from = place.entity.name();
                return self.fault(span, format!("« {to} » cannot be reached from {from}"));
            }
        };
        let (inner, kind) = self.any(inner, Place { entity, ..place })?;
        Some((self.push(Node::Reach(reach, inner))?, kind))
    }

    fn at(
        &mut self,
        inner: &Expr,
        from: When,
        to: Option<When>,
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        if place.rhythm == Rhythm::Always {
            return self.fault(span, "what holds for ever cannot ask of a date");
        }
        let rhythm_of = |when: When| match when.anchor {
            Anchor::Month if place.rhythm == Rhythm::Month => Some(Rhythm::Month),
            Anchor::Month => None,
            Anchor::Year => Some(Rhythm::Year),
            Anchor::MonthOfYear(_) => Some(Rhythm::Month),
        };
        let Some(rhythm) = rhythm_of(from) else {
            return self.fault(span, "a year has no month at hand: name it, as [janvier N]");
        };
        let Some(to) = to else {
            if rhythm == Rhythm::Year
                && let ExprKind::Name(name) = &inner.kind
                && let Some((_, variable)) = self.compiler.law.variable(name)
                && variable.rhythm == Rhythm::Month
            {
                return self.whole_year(inner, from, place);
            }
            let (inner, kind) = self.any(inner, Place { rhythm, ..place })?;
            return Some((self.push(Node::At(from, inner))?, kind));
        };
        if rhythm_of(to) != Some(rhythm) {
            return self.fault(span, "both ends are months, or both are years");
        }
        let (node, kind) = self.any(inner, Place { rhythm, ..place })?;
        if !matches!(kind, Kind::Amount | Kind::Number) {
            return self.fault(inner.span, "only amounts and numbers add up over a time");
        }
        Some((self.push(Node::Over(from, to, node))?, kind))
    }

    /// What comes every month, asked of a year, is the sum of its months.
    fn whole_year(&mut self, inner: &Expr, year: When, place: Place) -> Option<(NodeId, Kind)> {
        let (node, kind) = self.any(
            inner,
            Place {
                rhythm: Rhythm::Month,
                ..place
            },
        )?;
        if kind != Kind::Amount {
            return self.fault(
                inner.span,
                "only amounts add up over a year: say which month",
            );
        }
        let month = |month| When {
            anchor: Anchor::MonthOfYear(month),
            shift: year.shift,
        };
        Some((self.push(Node::Over(month(1), month(12), node))?, kind))
    }

    fn roles(&mut self, expr: &Expr, entity: Entity) -> Option<Roles> {
        let ExprKind::Name(name) = &expr.kind else {
            return self.fault(expr.span, "which members? membres, or a role");
        };
        if entity == Entity::Individu {
            return self.fault(expr.span, "an individu has no members");
        }
        if name == "membres" {
            return Some(Roles::MAX);
        }
        match entity.roles().iter().position(|role| role == name) {
            Some(at) => Some(1 << at),
            None => {
                let roles = entity.roles().join(", ");
                self.fault(
                    expr.span,
                    format!("« {name} » is no role here: membres, {roles}"),
                )
            }
        }
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        let gather = match name {
            "somme" => Some(Gather::Sum),
            "nombre" => Some(Gather::Count),
            "existe" => Some(Gather::Any),
            "tous" => Some(Gather::All),
            "maximum" => Some(Gather::Largest),
            "minimum" => Some(Gather::Smallest),
            _ => None,
        };
        match gather {
            Some(gather) => self.gather(gather, arguments, span, place),
            None if name == "est" => self.holds(arguments, span, place),
            None if name == "déclaré" => self.stated(arguments, span, place),
            None if self.compiler.law.tables.iter().any(|t| t.name == name) => {
                self.lookup(name, arguments, span, place)
            }
            None => self.builtin(name, arguments, span, place),
        }
    }

    /// What was stated wins; else the expression, which breaks a circle the variable would make.
    fn stated(&mut self, arguments: &[Expr], span: Span, place: Place) -> Option<(NodeId, Kind)> {
        let [what, other] = arguments else {
            return self.fault(span, "déclaré(name ; expression when it was not stated)");
        };
        let found = match &what.kind {
            ExprKind::Name(name) => self.compiler.law.variable(name),
            _ => None,
        };
        let Some((id, variable)) = found else {
            return self.fault(what.span, "the name of a fact or of a rule is expected");
        };
        let kind = variable.kind;
        if variable.entity != place.entity || variable.rhythm != place.rhythm {
            return self.fault(what.span, "this belongs to another entity or rhythm");
        }
        let other = self.of_kind(other, place, kind)?;
        Some((self.push(Node::Stated(id, other))?, kind))
    }

    fn lookup(
        &mut self,
        name: &str,
        arguments: &[Expr],
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        let [code] = arguments else {
            return self.fault(span, format!("{name}(code): one text"));
        };
        let code = self.of_kind(code, place, Kind::Text)?;
        let tables = &self.compiler.law.tables;
        let at = tables.iter().position(|t| t.name == name)?;
        let kind = tables.get(at)?.kind;
        let id = u16::try_from(at).ok()?;
        Some((self.push(Node::Lookup(id, code))?, kind))
    }

    fn holds(&mut self, arguments: &[Expr], span: Span, place: Place) -> Option<(NodeId, Kind)> {
        let [group, role] = arguments else {
            return self.fault(span, "est(famille ; enfants): a group and a role");
        };
        if place.entity != Entity::Individu {
            return self.fault(span, "only an individu holds a role");
        }
        let entity = match &group.kind {
            ExprKind::Name(name) => Entity::ALL.into_iter().find(|e| e.name() == name),
            _ => None,
        };
        let Some(entity) = entity.filter(|e| *e != Entity::Individu) else {
            return self.fault(group.span, "famille, foyer_fiscal or menage is expected");
        };
        let first = matches!(&role.kind, ExprKind::Name(name) if name == "premier");
        let roles = if first { 0 } else { self.roles(role, entity)? };
        Some((self.push(Node::Holds(entity, roles))?, Kind::Truth))
    }

    fn gather(
        &mut self,
        gather: Gather,
        arguments: &[Expr],
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        let edge = matches!(gather, Gather::Largest | Gather::Smallest);
        let (roles, body, default) = match arguments {
            [roles, body] if !edge => (roles, body, None),
            [roles, body, default] if edge => (roles, body, Some(default)),
            _ if edge => {
                return self.fault(span, "(members ; expression ; what if there are none)");
            }
            _ => return self.fault(span, "(members ; expression)"),
        };
        let roles = self.roles(roles, place.entity)?;
        let member = Place {
            entity: Entity::Individu,
            ..place
        };
        let (node, kind) = match gather {
            Gather::Count | Gather::Any | Gather::All => {
                (self.of_kind(body, member, Kind::Truth)?, Kind::Truth)
            }
            _ => self.any(body, member)?,
        };
        let result = match gather {
            Gather::Count => Kind::Number,
            Gather::Any | Gather::All => Kind::Truth,
            _ if matches!(kind, Kind::Amount | Kind::Number) => kind,
            _ => return self.fault(span, "only amounts and numbers can be gathered so"),
        };
        let default = match default {
            Some(default) => Some(self.of_kind(default, place, result)?),
            None => None,
        };
        let node = Node::Gather(gather, place.entity, roles, node, default);
        Some((self.push(node)?, result))
    }

    fn builtin(
        &mut self,
        name: &str,
        arguments: &[Expr],
        span: Span,
        place: Place,
    ) -> Option<(NodeId, Kind)> {
        let count = arguments.len();
        let (builtin, kinds, result): (Builtin, Vec<Kind>, Option<Kind>) = match (name, count) {
            ("max" | "min", 2..) => {
                let builtin = if name == "max" {
                    Builtin::Max
                } else {
                    Builtin::Min
                };
                (builtin, Vec::new(), None)
            }
            ("arrondi", 2) => (Builtin::Nearest, Vec::new(), None),
            ("arrondi_inf", 2) => (Builtin::Down, Vec::new(), None),
            ("arrondi_sup", 2) => (Builtin::Up, Vec::new(), None),
            ("âge", 1) => (Builtin::Age, vec![Kind::Day], Some(Kind::Number)),
            ("âge_en_mois", 1) => (Builtin::AgeInMonths, vec![Kind::Day], Some(Kind::Number)),
            ("année", 1) => (Builtin::YearOf, vec![Kind::Day], Some(Kind::Number)),
            ("mois", 1) => (Builtin::MonthOf, vec![Kind::Day], Some(Kind::Number)),
            ("quantième", 1) => (Builtin::DayOf, vec![Kind::Day], Some(Kind::Number)),
            ("plus_mois", 2) => (
                Builtin::AddMonths,
                vec![Kind::Day, Kind::Number],
                Some(Kind::Day),
            ),
            ("commence", 2) => (
                Builtin::Starts,
                vec![Kind::Text, Kind::Text],
                Some(Kind::Truth),
            ),
            _ => return self.fault(span, format!("« {name} » is no function of {count} values")),
        };
        let mut nodes = Vec::new();
        let result = if let Some(result) = result {
            for (argument, kind) in arguments.iter().zip(kinds) {
                nodes.push(self.of_kind(argument, place, kind)?);
            }
            result
        } else {
            let (first, rest) = arguments.split_first()?;
            let (node, kind) = self.any(first, place)?;
            let days = kind == Kind::Day && matches!(builtin, Builtin::Max | Builtin::Min);
            if !matches!(kind, Kind::Amount | Kind::Number) && !days {
                return self.fault(first.span, "an amount or a number is expected");
            }
            nodes.push(node);
            for argument in rest {
                nodes.push(self.of_kind(argument, place, kind)?);
            }
            kind
        };
        if matches!(builtin, Builtin::Age | Builtin::AgeInMonths) && place.rhythm == Rhythm::Always
        {
            return self.fault(span, "an age is at a date: this has none");
        }
        let (start, length) = self.push_list(&nodes)?;
        Some((self.push(Node::Call(builtin, start, length))?, result))
    }
}
