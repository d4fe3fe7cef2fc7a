// The pages every check goes through, by who sees them. `{record}` is a record open to the worker,
// `{paper}` a document of the person, `{procedure}` and `{mine}` a procedure as each meets it. A new page is added here.

export const PUBLIC = ['/', '/connexion', '/appareil', '/au-revoir'];

export const PERSON = [
  '/e',
  '/e/papiers',
  '/e/papiers/ajouter',
  '/e/papiers/{paper}',
  '/e/textes',
  '/e/mots',
  '/e/lectures',
  '/e/acces',
  '/e/acces/donner',
  '/e/accords',
  '/e/dates',
  '/e/demarches',
  '{mine}',
  '{mine}/remettre',
  '/e/formulaires',
  '/e/formulaires/petit',
  '/e/manque',
  '/e/chemin',
  '/e/code',
];

export const WORKER = [
  '/personnes',
  '/personnes/nouvelle',
  '/mon-code',
  '/mes-appareils',
  '/mes-echeances',
  '/mon-agenda',
  '{record}',
  '{record}/ecrire',
  '{record}/acte',
  '{record}/coffre',
  '{record}/coffre/deposer',
  '{record}/mandats',
  '{record}/rendez-vous',
  '{record}/identite',
  '{record}/carte',
  '{record}/acces',
  '{record}/lectures',
  '{record}/suivi',
  '{record}/demarches',
  '{record}/demarches/nouvelle',
  '{record}/chemin',
  '{procedure}',
  '{procedure}/etape',
  '{procedure}/etape?vers=appealed',
  '{procedure}/modifier',
  '{procedure}/suivre',
  '{procedure}/frein',
  '{procedure}/echeance',
  '{procedure}/remettre',
  '{procedure}/courriers',
  '{procedure}/courriers/mandatory',
  '{record}/formulaires',
  '{record}/formulaires/petit',
];

export const LEAD = ['/personnes/importer'];

export const ADMINISTRATOR = [
  '/administration',
  '/administration/courriers',
  '/administration/courriers/mandatory',
];
