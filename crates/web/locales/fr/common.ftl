skip = Aller au contenu
back = Retour
back-to-start = Retour à l’accueil
continue = Continuer
save = Enregistrer
older = Plus anciens
order-latest = Du plus récent au plus ancien.
sign-out = Se déconnecter
errors-title = Il y a quelque chose à corriger
at-time = à
first-of-month = 1er
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
size-kb = { $n } ko
size-mb = { $n } Mo
file-hint = PDF, photo, texte ou document de bureau. 100 Mo au plus.

compartment-identity = état civil et contact
compartment-social = suivi
compartment-health = santé
compartment-legal = séjour et justice
compartment-protection = protection
compartment-third_party = informations sur un tiers
compartment-vault = coffre personnel

nature-fact = Fait observé
nature-words = Parole de la personne
nature-hypothesis = Hypothèse
nature-agreement = Ce qui est convenu
nature-fact-hint = Ce que vous avez vu ou entendu.
nature-words-hint = Ce que la personne a dit, avec ses mots.
nature-hypothesis-hint = Ce que vous supposez, à vérifier avec elle.
nature-agreement-hint = Ce que vous avez décidé ensemble.

conduct-alone = Seul·e
conduct-with_help = Avec de l’aide
conduct-in_place = À sa place
conduct-in_place-own = À ma place
conduct-workshop = Dans un atelier

reason-no_device = Pas d’appareil
reason-no_connection = Pas de connexion
reason-locked_account = Compte bloqué
reason-online_only = Démarche en ligne seulement
reason-language = Langue ou lecture
reason-time_pressure = Manque de temps
reason-health = Santé
reason-choice = Choix de la personne
reason-emergency = Urgence

theme-papers = papiers
theme-family = famille
theme-social = social
theme-health = santé
theme-work = travail
theme-housing = logement
theme-transport = transports
theme-money = argent
theme-justice = justice
theme-foreign = étranger
theme-leisure = loisirs
theme-digital = numérique

contact-drop_in = accueil sans rendez-vous
contact-office = rendez-vous au bureau
contact-home = à domicile
contact-outside = à l’extérieur
contact-phone = téléphone
contact-video = visio
contact-email = courriel
contact-post = courrier
contact-third_party = avec un tiers

closing-goal_reached = objectif réalisé
closing-housed = accès à un logement ou hébergement
closing-end_of_measure = fin de contrat ou de mesure
closing-handed_over = relais vers une autre équipe
closing-left_area = départ du territoire
closing-returned_home = retour au pays
closing-at_request = à la demande de la personne
closing-no_news = plus de nouvelles
closing-household_split = séparation du ménage
closing-death = décès
closing-other = autre

consent-signed = Accord signé sur la feuille
consent-spoken = Accord dit à voix haute
consent-interpreted = Accord dit avec un interprète
consent-card = Accord donné avec la carte
consent-own_space = Accord donné depuis l’espace personnel

document_kind-identity_card = Carte d’identité
document_kind-passport = Passeport
document_kind-residence_permit = Titre de séjour
document_kind-residence_receipt = Récépissé de demande de séjour
document_kind-civil_record = Acte d’état civil, livret de famille
document_kind-proof_of_address = Justificatif de domicile
document_kind-hosting_certificate = Attestation d’hébergement
document_kind-domiciliation = Attestation d’élection de domicile
document_kind-tax_notice = Avis d’impôt
document_kind-health_cover = Complémentaire santé solidaire
document_kind-ame = Aide médicale de l’État
document_kind-health_insurance = Carte Vitale, attestation de droits
document_kind-caf_certificate = Attestation de la CAF
document_kind-rqth = RQTH
document_kind-bank_details = RIB
document_kind-work = Contrat, bulletin de salaire
document_kind-justice = Jugement, convocation
document_kind-medical = Ordonnance, certificat médical
document_kind-letter = Courrier reçu
document_kind-photo = Photo
document_kind-other = Autre document

appointment-planned = à venir
appointment-kept = honoré
appointment-excused = excusé
appointment-cancelled = annulé
appointment-missed = absence

show-notified = Visible dans son espace, avec un rappel
show-silent = Visible dans son espace, sans rappel
show-hidden = Invisible dans son espace (téléphone partagé)

tie-partner = conjoint·e
tie-child = enfant
tie-parent = parent
tie-sibling = frère ou sœur
tie-trusted = personne de confiance
tie-other = autre lien

title-madam = Madame
title-sir = Monsieur
title-unsaid = Non précisé

mandate-coming = Commence plus tard
mandate-live = En cours
mandate-expired = Terminé
mandate-revoked = Repris

who-person = La personne
who-keepers = Les dépositaires

paper-valid = Valable jusqu’au { $day }
paper-ends = Finit bientôt : le { $day }
paper-ended = Fini depuis le { $day }

entry-step = Acte
entry-event = Dossier
entry-corrects = corrige
entry-answers = répond
entry-later = Ensuite :
entry-next-time = La prochaine fois : { $text }
entry-with-mandate = Motif : { $reason }. Avec un mandat.
entry-emergency = Motif : { $reason }. Urgence : { $words }

event-profile = État civil ou contact mis à jour.
event-mandate = Mandat donné ({ $themes }), jusqu’au { $until }.
event-mandate-revoked = Mandat repris.
event-document = Document déposé : { $kind }.
event-document-changed = Informations d’un document corrigées.
event-document-withdrawn = Document retiré du coffre.
event-opened = Accompagnement ouvert par { $team }.
event-referent = Référent·e : { $name }.
event-closed = Accompagnement clos : { $reason }.
event-appointment = Rendez-vous { $when } : { $state }.
event-tie = Lien : { $name }, { $kind }.
event-household = Ménage : { $members }.
event-card = Carte faite.
event-card-replaced = Carte perdue remplacée, en présence de { $name }.
event-grant = Accès donné à { $to }, jusqu’au { $until }.
event-grant-purpose = Pour : { $purpose }
event-grant-ended = Accès repris.
event-keepers = Ouvert par { $count } dépositaires ensemble. Raison : { $reason }

read-compartment = a ouvert : { $compartment }
read-document = a regardé : { $title }
read-download = a pris une copie : { $title }
read-keepers = ont ouvert : { $compartment }. Raison : { $reason }

access-keepers = Les dépositaires, ensemble
access-mission = Pour vous accompagner
access-from = Depuis le { $day }.
access-until = Jusqu’au { $day }.
access-ended = Cet accès est terminé.
access-days-7 = 1 semaine
access-days-31 = 1 mois
access-days-182 = 6 mois
access-days-365 = 1 an
who-me = Vous
