"""Reads the reference's YAML tests and writes them as JSON, one case a line, in the long form:
entities, variables, periods. Nothing of them is kept beyond the run."""
import ast
import datetime
import json
import math
import operator
import pathlib
import sys

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
META = json.load(open(sys.argv[2]))
PLURAL = {
    "individu": "individus",
    "famille": "familles",
    "foyer_fiscal": "foyers_fiscaux",
    "menage": "menages",
}
ROLES = {
    "familles": {"parents": "parents", "parent": "parents", "enfants": "enfants", "enfant": "enfants"},
    "foyers_fiscaux": {
        "declarants": "declarants",
        "declarant": "declarants",
        "personnes_a_charge": "personnes_a_charge",
        "personne_a_charge": "personnes_a_charge",
    },
    "menages": {
        "personne_de_reference": "personne_de_reference",
        "conjoint": "conjoint",
        "enfants": "enfants",
        "enfant": "enfants",
        "autres": "autres",
        "autre": "autres",
    },
}
SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
CALLS = {"round": round, "floor": math.floor, "ceil": math.ceil, "min": min, "max": max}


def counted(node):
    """The value of an arithmetic expression: numbers, signs, rounding."""
    if isinstance(node, ast.Expression):
        return counted(node.body)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        return SIGNS[type(node.op)](counted(node.left), counted(node.right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in SIGNS:
        return SIGNS[type(node.op)](counted(node.operand))
    if isinstance(node, ast.Call) and getattr(node.func, "id", None) in CALLS:
        return CALLS[node.func.id](*[counted(argument) for argument in node.args])
    raise ValueError("no arithmetic")


def plain(name, value):
    kind = META.get(name, {}).get("type")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str) and kind in ("float", "int", "bool"):
        try:
            return counted(ast.parse(value.strip(), mode="eval"))
        except (ValueError, SyntaxError):
            if value.strip().lower() in ("true", "false"):
                return value.strip().lower() == "true"
    return value


def dated(period):
    if isinstance(period, (datetime.date, datetime.datetime)):
        return period.strftime("%Y-%m-%d")
    return str(period)


def listed(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def values(name, value, period):
    if not isinstance(value, dict):
        value = {period: value}
    return {dated(when): plain(name, one) for when, one in value.items()}


def long_form(given, period):
    """Entities with names, from what a test gives: long, short, or variables alone."""
    given = given or {}
    known = set(PLURAL) | set(PLURAL.values())
    if not any(key in known for key in given):
        return from_variables(given, period)
    situation = {}
    for key, content in given.items():
        if key in PLURAL:
            instances = {key: content}
            plural = PLURAL[key]
        elif key in PLURAL.values():
            plural, instances = key, content
        else:
            raise ValueError(f"{key}: neither an entity nor alone")
        for name, inner in (instances or {}).items():
            filled = {}
            for variable, value in (inner or {}).items():
                if variable in ROLES.get(plural, {}):
                    filled.setdefault(ROLES[plural][variable], []).extend(str(v) for v in listed(value))
                else:
                    filled[variable] = values(variable, value, period)
            situation.setdefault(plural, {})[str(name)] = filled
    return situation


def from_variables(given, period):
    size = 1
    for name, value in given.items():
        each = value.values() if isinstance(value, dict) else [value]
        size = max([size] + [len(v) for v in each if isinstance(v, (list, tuple))])
    names = [str(i) for i in range(size)]
    situation = {plural: {} for plural in PLURAL.values()}
    first = {"familles": "parents", "foyers_fiscaux": "declarants", "menages": "personne_de_reference"}
    for i in names:
        situation["individus"][i] = {}
        for plural, role in first.items():
            situation[plural][i] = {role: [i]}
    for name, value in given.items():
        entity = META.get(name, {}).get("entity", "individu")
        by_period = value if isinstance(value, dict) else {period: value}
        for when, one in by_period.items():
            each = listed(one)
            for i, name_i in enumerate(names):
                at = each[i] if i < len(each) else each[-1]
                place = situation[PLURAL[entity]][name_i].setdefault(name, {})
                place[dated(when)] = plain(name, at)
    return situation


def outputs(given, situation, period):
    found = []

    def one(entity, instance, name, value):
        by_period = value if isinstance(value, dict) else {period: value}
        for when, expected in by_period.items():
            names = list(situation.get(PLURAL[entity], {}))
            if instance is not None:
                names = [instance]
            each = listed(expected)
            if not names:
                names = [None] * len(each)
            for i, where in enumerate(names):
                at = each[i] if i < len(each) else each[-1]
                found.append([PLURAL[entity], where, i, name, dated(when), plain(name, at)])

    for key, content in (given or {}).items():
        if key in META:
            one(META[key]["entity"], None, key, content)
        elif key in PLURAL:
            for name, value in content.items():
                one(META.get(name, {}).get("entity", key), None, name, value)
        elif key in PLURAL.values():
            singular = next(s for s, p in PLURAL.items() if p == key)
            for instance, inner in content.items():
                for name, value in inner.items():
                    one(singular, str(instance), name, value)
        else:
            found.append(["individus", None, 0, key, dated(period), None])
    return found


def margin(test, key):
    value = test.get(key)
    if isinstance(value, dict):
        return {k: float(v) for k, v in value.items() if v is not None}
    return {} if value is None else {"default": float(value)}


root = pathlib.Path(sys.argv[1])
for folder in ("formulas", "mes-aides.gouv.fr"):
    for path in sorted((root / "tests" / folder).rglob("*.y*ml")):
        tests = yaml.load(path.read_text(), LOADER)
        tests = tests if isinstance(tests, list) else [tests]
        for number, test in enumerate(t for t in tests if t):
            period = test.get("period")
            case = {
                "file": str(path.relative_to(root / "tests")),
                "number": number,
                "period": dated(period),
                "absolute": margin(test, "absolute_error_margin"),
                "relative": margin(test, "relative_error_margin"),
            }
            try:
                case["situation"] = long_form(test.get("input"), period)
                case["outputs"] = outputs(test.get("output"), case["situation"], period)
                if test.get("reforms") or test.get("extensions") or test.get("parameters"):
                    case["unread"] = "needs a reform"
            except (ValueError, AttributeError, TypeError, StopIteration) as fault:
                case["unread"] = str(fault)
            print(json.dumps(case, ensure_ascii=False))
