// Who plays whom: found in what the program printed, by role and team.

/** A member of the demonstration; `role` is worker, lead or administrator. */
export function member(program, role, team) {
  const found = program.workers.find((w) => w.role === role && (!team || w.team === team));
  if (!found) throw new Error(`the demonstration has no ${role}${team ? ` in ${team}` : ''}`);
  return found;
}

/** A lead, a worker of the same team, and a worker of another team. */
export function cast(program) {
  const lead = member(program, 'lead');
  const colleague = member(program, 'worker', lead.team);
  const elsewhere = program.workers.find((w) => w.role === 'worker' && w.team !== lead.team);
  return { lead, colleague, elsewhere };
}

/** A device code serves once: pages of a worker are kept and shared by the files of the suite. */
export async function once(world, name, make) {
  world.kept ??= new Map();
  if (!world.kept.has(name)) world.kept.set(name, await make());
  return world.kept.get(name);
}
