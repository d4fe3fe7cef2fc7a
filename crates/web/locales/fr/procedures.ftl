# Closed lists of procedures.
state-to_start = À engager
state-awaiting_pieces = En attente de justificatifs
state-submitted = Déposée
state-under_review = En cours d’instruction
state-accepted = Acceptée
state-refused = Refusée
state-deferred = Ajournée
state-appealed = En recours
state-closed_by_person = Close par la personne
state-dismissed = Classée sans suite

deadline-renewal = Renouvellement
deadline-declaration = Déclaration trimestrielle
deadline-hearing = Audience ou convocation
deadline-appeal = Fin du délai de recours
deadline-silence = Deux mois sans réponse
deadline-pieces = Pièces à envoyer
deadline-other = Autre date

way-online = En ligne
way-counter = Au guichet
way-paper = Sur papier
way-phone = Par téléphone
way-with = Avec quelqu’un

brake-site_down = Site en panne ou bloqué
brake-no_paper_way = Pas de voie papier
brake-account_locked = Compte bloqué
brake-no_slot = Pas de créneau
brake-language = Langue ou lecture
brake-cost = Coût

service-caf = CAF
service-msa = MSA
service-cpam = Assurance maladie
service-prefecture = Préfecture
service-asylum = OFII ou OFPRA
service-town_hall = Mairie ou CCAS
service-department = Département ou MDPH
service-employment = France Travail
service-taxes = Impôts
service-pension = Caisse de retraite
service-housing = Logement (bailleur, SIAO)
service-court = Justice
service-bank = Banque ou La Poste
service-utility = Téléphone, énergie ou transport
service-care = Hôpital ou soins
service-school = École ou université
service-other = Un autre service

per-once = en une fois
per-month = par mois
per-quarter = par trimestre
per-year = par an

# What a rule rests on: always shown with the day it gives.
rule-appeal_rsa = Recours préalable obligatoire, RSA : 2 mois après la notification
rule-appeal_housing = Recours préalable obligatoire, aide au logement : 2 mois après la notification
rule-appeal_activity = Recours préalable obligatoire, prime d’activité : 2 mois après la notification
rule-silence = Silence de l’administration : 2 mois après le dépôt. Il vaut refus ou accord selon la démarche : à vérifier
rule-quarter = Déclaration de ressources : 3 mois après la dernière
rule-domiciliation = Domiciliation : 1 an, d’habitude
rule-health_cover = Complémentaire santé solidaire : 1 an, d’habitude
rule-ame = Aide médicale de l’État : 1 an, d’habitude
rule-receipt = Récépissé de titre de séjour : 3 à 6 mois, d’habitude
rule-appeal_rsa-source = Code de l’action sociale et des familles, article L.262-47
rule-appeal_housing-source = Code de la construction et de l’habitation (connu de seconde main : vérifiez sur la décision)
rule-appeal_activity-source = Code de la sécurité sociale (connu de seconde main : vérifiez sur la décision)
rule-silence-source = Code des relations entre le public et l’administration, articles L.231-1 et suivants
rule-quarter-source = Rythme habituel de la CAF et de la MSA : vérifiez sur leur lettre
rule-domiciliation-source = Durée habituelle : lisez l’attestation
rule-health_cover-source = Durée habituelle : lisez l’attestation
rule-ame-source = Durée habituelle : lisez la carte
rule-receipt-source = Durée habituelle : lisez le récépissé

# What happened to a procedure, in the thread.
entry-procedure = Démarche
procedure-told-opened = { $title } : démarche ouverte.
procedure-told-page = D’après la fiche « { $title } ».
procedure-told-changed = { $title } : informations mises à jour.
procedure-told-followed = { $title } : suivie par { $name }.
procedure-told-moved = { $title } : { $state }.
procedure-told-acted = { $title }.
procedure-told-refusal = Refus annoncé le { $day }. Raison : { $reason }
procedure-told-taken-back = { $title } : dernier changement annulé. { $reason }
procedure-told-was-taken-back = Annulé ensuite : { $reason }
procedure-told-checked = { $title } : pièces vérifiées ({ $count }).
procedure-told-asked = { $title } : pièce demandée, { $label }.
procedure-told-met-document = { $label } : un document du coffre.
procedure-told-met-given = { $label } : déjà donné le { $day }.
procedure-told-met-not-needed = { $label } : pas nécessaire. { $reason }
procedure-told-met-not-yet = { $label } : à trouver.
procedure-told-deadline = { $kind } : { $day }.
procedure-told-deadline-done = { $kind } : fait.
procedure-told-deadline-cancelled = { $kind } : n’a plus lieu.
procedure-told-brake = Frein, { $service } : { $kind }.
procedure-told-way = { $kind } : { $words }
procedure-told-brought = { $title } : pièces sorties du coffre ({ $count }), pour { $to }.
procedure-told-piece = Pièce
