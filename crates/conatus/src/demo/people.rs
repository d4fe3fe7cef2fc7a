//! Forty invented people, and what is written about invented lives.

/// Given names and birth name, nickname, year, month and day of birth, place of birth.
pub(super) type Someone = (
    &'static str,
    &'static str,
    &'static str,
    i16,
    i8,
    i8,
    &'static str,
);

pub(super) const PEOPLE: [Someone; 40] = [
    ("Amadou", "Diarra", "", 1987, 3, 14, "Bamako"),
    ("Mireille", "Castagnet", "Mimi", 1961, 11, 2, "Pau"),
    ("Farid", "Haddouche", "", 1979, 6, 21, "Roubaix"),
    ("Svetlana", "Morozova", "", 1990, 1, 9, "Odessa"),
    ("Jean-Luc", "Berthomieu", "Titi", 1958, 8, 30, "Albi"),
    ("Rahmat", "Stanikzai", "", 2001, 5, 17, "Jalalabad"),
    ("Fatou", "Ndiaye", "", 1994, 12, 4, "Thiès"),
    ("Kévin", "Delattre", "", 1998, 2, 26, "Lens"),
    ("Roseline", "Payet", "", 1972, 7, 8, "Saint-Pierre"),
    ("Mahmoud", "Karimi", "", 1985, 9, 19, "Hérat"),
    ("Élodie", "Marchandeau", "", 1989, 4, 1, "Nevers"),
    ("Blessing", "Okafor", "", 1996, 10, 13, "Benin City"),
    ("Patrick", "Lozachmeur", "", 1966, 3, 3, "Quimper"),
    ("Tahmina", "Begum", "", 1992, 6, 6, "Sylhet"),
    ("Gérard", "Vasseur", "Gégé", 1955, 5, 25, "Amiens"),
    ("Salimata", "Kouyaté", "", 2000, 8, 11, "Kayes"),
    ("Bruno", "Etcheverry", "", 1977, 12, 29, "Bayonne"),
    ("Nour", "Al Hariri", "", 1993, 2, 15, "Deraa"),
    ("Christelle", "Gaudin", "", 1983, 9, 7, "Cholet"),
    ("Omar", "Benyahia", "", 1969, 1, 22, "Oran"),
    ("Ludivine", "Pruvost", "Lulu", 1997, 11, 30, "Douai"),
    ("Ibrahima", "Barry", "", 2003, 4, 18, "Labé"),
    ("Monique", "Trescazes", "", 1950, 10, 5, "Castres"),
    ("Dragan", "Petrović", "", 1974, 7, 27, "Niš"),
    ("Aïssatou", "Baldé", "", 1988, 3, 31, "Conakry"),
    ("Sébastien", "Kermarec", "", 1981, 6, 12, "Brest"),
    ("Leïla", "Mansouri", "", 1999, 5, 9, "Sfax"),
    ("Thierry", "Nogueira", "", 1963, 2, 2, "Créteil"),
    ("Zahra", "Ahmadi", "", 1986, 12, 24, "Mazar-e-Charif"),
    ("Corentin", "Baudry", "", 2002, 8, 16, "Laval"),
    ("Josiane", "Wattier", "", 1957, 9, 23, "Béthune"),
    ("Moussa", "Traoré", "", 1991, 1, 1, "Sikasso"),
    ("Angélique", "Roussillon", "", 1976, 4, 28, "Millau"),
    ("Viorel", "Munteanu", "", 1980, 10, 10, "Iași"),
    ("Grâce", "Mbala", "", 1995, 7, 3, "Kinshasa"),
    ("Michel", "Sarlandie", "", 1953, 6, 15, "Limoges"),
    ("Samira", "Ouhab", "", 1984, 11, 11, "Sétif"),
    ("Jordan", "Leclercq-Petit", "", 2004, 3, 20, "Maubeuge"),
    ("Abdulaziz", "Hamidi", "", 1998, 9, 2, "Kaboul"),
    ("Denise", "Guilloteau", "", 1948, 5, 6, "Niort"),
];

pub(super) const FACTS: [&str; 8] = [
    "La personne est passée à l’accueil ce matin, sans rendez-vous.",
    "Le compte en ligne est bloqué depuis le changement de numéro de téléphone.",
    "La lettre de la caisse demande l’avis d’impôt et une attestation de domiciliation.",
    "Rendez-vous en préfecture obtenu pour le mois prochain.",
    "La personne dort chez un ami jusqu’à la fin de la semaine.",
    "Le courrier recommandé a été retiré à la poste.",
    "Premier versement reçu ce mois-ci.",
    "Le téléphone a été perdu ; les numéros importants sont dans le coffre.",
];

pub(super) const WORDS: [&str; 6] = [
    "J’ai reçu la lettre mais je ne comprends pas ce qu’ils demandent.",
    "Je veux essayer de le faire moi-même la prochaine fois.",
    "Je ne veux plus retourner à ce guichet tout seul.",
    "Ce qui compte pour moi, c’est d’avoir une adresse.",
    "J’ai appelé. Ils m’ont écouté cette fois.",
    "Je préfère qu’on m’écrive par SMS, en phrases courtes.",
];

pub(super) const HYPOTHESES: [&str; 4] = [
    "L’ancien numéro sert sans doute encore à recevoir les codes. À vérifier ensemble.",
    "Le dossier est peut-être parti à l’ancienne adresse.",
    "Un droit à la complémentaire santé semble possible.",
    "La fatigue vient peut-être des nuits dehors. À demander, sans insister.",
];

pub(super) const AGREEMENTS: [&str; 4] = [
    "La personne ouvre le courrier ; nous cherchons ensemble la date limite.",
    "On se revoit jeudi avec les trois papiers de la liste.",
    "Le prochain appel, c’est la personne qui le passe, nous restons à côté.",
    "Pas de contact avec la famille sans son accord.",
];

pub(super) const STEPS: [&str; 6] = [
    "Demande d’élection de domicile remplie.",
    "Déclaration trimestrielle envoyée.",
    "Appel à la caisse pour débloquer le compte.",
    "Photos des papiers mises au coffre.",
    "Dossier de demande de logement complété.",
    "Inscription au cours de français.",
];

pub(super) const NEXT: [&str; 3] = [
    "ouvrir le courrier et trouver la date limite",
    "taper soi-même son identifiant",
    "appeler, avec quelqu’un à côté",
];
