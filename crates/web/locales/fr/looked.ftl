# Droits à regarder : ce que lit un·e professionnel·le. Ce que lit la personne est dans person_looked.ftl,
# sous les mêmes clés précédées de « person- ».
looked = Droits à regarder
looked-notice = Une information pour en parler ensemble. Elle ne décide rien : seule l’administration décide.
looked-dated = Calculé pour { $month }, avec les textes et les montants de ce mois.
looked-begin-what = Quelques questions sur le foyer, puis une indication pour chaque aide, avec ses raisons et la loi. On peut s’arrêter à tout moment, et répondre « je ne sais pas ».
looked-begin = Commencer
looked-list = Les aides
looked-one = Beaucoup de questions ? Ouvrez une aide : elle ne pose que les siennes.
looked-order = Dans l’ordre des textes de loi, toujours le même. Il ne dit pas ce qui compte le plus.
looked-covers = Les aides regardées ici
looked-empty = Aucun texte de loi n’est installé ici. La personne qui administre le serveur peut en déposer.
looked-left = { $count ->
    [0] Aucune question ne peut plus changer une indication.
    [one] Il reste 1 question qui peut changer une indication.
   *[other] Il reste { $count } questions pour l’instant. Une réponse peut en enlever, ou en amener.
}
looked-left-one = { $count ->
    [0] Aucune question ne peut plus changer cette indication.
    [one] Il reste 1 question pour cette aide.
   *[other] Il reste { $count } questions pour cette aide, pour l’instant. Une réponse peut en enlever, ou en amener.
}
looked-go-on = Continuer les questions
looked-go-on-one = Répondre pour cette aide
looked-answers = Relire les réponses
looked-offered = { $count ->
    [one] Confirmer 1 information du dossier
   *[other] Confirmer { $count } informations du dossier
}
looked-what-if = Et si…
looked-next = Continuer

looked-status-likely = Probable
looked-status-unlikely = Peu probable
looked-status-unknown = On ne sait pas encore
looked-status-assessed = L’administration doit apprécier
looked-status-not_modelled = Pas encore dans Conatus
looked-missing-short = Il manque : { $facts }
looked-missing-more = { $facts }, et d’autres réponses
looked-amount-month = { $amount } par mois
looked-amount-year = { $amount } pour l’année { $year }

looked-household = Qui vit au foyer
looked-household-short = Foyer
looked-household-what = Les droits se calculent pour un foyer. La personne est déjà comptée.
looked-household-alone = La personne, sans conjoint·e, sans enfant à charge
looked-household-person = La personne
looked-household-partner = sa conjointe ou son conjoint
looked-household-children = { $count ->
    [one] 1 enfant
   *[other] { $count } enfants
}
looked-household-change = Changer
looked-household-offered = Rempli avec les liens du dossier. Vérifiez : rien n’est repris avant d’avoir continué.
looked-partner = Vie en couple
looked-partner-yes = Oui : mariage, Pacs ou vie commune
looked-partner-no = Non
looked-partner-born = Date de naissance de la conjointe ou du conjoint
looked-partner-born-hint = Seulement en cas de vie en couple.
looked-children = Enfants à charge
looked-children-hint = La date de naissance de chaque enfant qui vit au foyer, ou la date prévue d’une naissance. Une ligne vide ne compte pas.
looked-child = Enfant { $number }
looked-child-more = Ajouter des lignes

looked-known = Ce que le dossier sait déjà
looked-known-what = Cochez ce qui est encore vrai. Le reste ne sera pas utilisé.
looked-known-where = Ce qui est confirmé est écrit dans le suivi : qui ouvre le suivi peut le lire.
looked-known-do = Confirmer ce qui est coché
looked-known-none = Le dossier ne propose rien de plus.
looked-known-not = Ne rien reprendre
looked-source-profile = D’après l’état civil du dossier
looked-source-tie = D’après les liens du dossier
looked-source-document = D’après un document du coffre
looked-source-procedure = D’après une démarche
looked-source-earlier = D’après une réponse plus ancienne
looked-source-answer = D’après une autre réponse

looked-question = Question
looked-about = À propos de : { $whom }
looked-about-period = Période : { $period }
looked-asked-now = en ce moment
looked-asked-year = année { $year }, en tout
looked-asked-months = chaque mois, de { $from } à { $to }
looked-offered-one = Oui, c’est bien : { $answer }
looked-earlier = Réponse d’avant, pour une autre période : { $answer }. Elle n’est pas reprise toute seule.
looked-now = Réponse gardée : { $answer }
looked-why = Pourquoi cette question
looked-why-what = La réponse peut changer l’indication de : { $rights }.
looked-yes = Oui
looked-no = Non
looked-none-amount = Aucun, 0 €
looked-none-number = Aucun
looked-none-of-them = Rien de tout cela
looked-unknown = Je ne sais pas
looked-amount = Montant, en euros
looked-number = Nombre
looked-percent = Taux, en pour cent
looked-years = Nombre d’années
looked-months = Nombre de mois
looked-people = Nombre de personnes
looked-day = Date
looked-choose = Réponse
looked-choose-one = Choisir
looked-commune = Commune ou code postal
looked-commune-hint = Exemple : Lille, ou 59000.
looked-month-each = Le même montant chaque mois, en euros
looked-months-other = Les montants changent d’un mois à l’autre
looked-done = Plus de question utile
looked-done-what = Relisez les réponses, puis regardez chaque aide.
looked-see = Voir les aides

looked-check = Relire les réponses
looked-check-what = Une réponse n’est plus vraie ? Changez-la. L’ancienne reste au journal.
looked-check-none = Aucune réponse pour le moment.
looked-child-money = A de l’argent à soi (salaire, pension, rente)
looked-child-situation = En apprentissage, en stage, boursier·ère ou reconnu·e handicapé·e
looked-check-told = Dit le { $day }, écrit par : { $name }
looked-check-change = Changer
looked-check-withdraw = Retirer
looked-check-withdraw-one = Retirer cette réponse
looked-check-zero = Aucun, ou non
looked-check-zero-which = { $count ->
    [one] 1 réponse de ce genre
   *[other] { $count } réponses de ce genre : laquelle changer
}
looked-answer-unknown = Ne sait pas
looked-answer-none = Aucun
looked-answer-some = Oui, montant à dire
looked-answer-yes = Oui
looked-answer-no = Non
looked-answer-each = { $amount } chaque mois
looked-span-year = année { $year }
looked-span-months = de { $from } à { $to }

looked-whom-person = la personne
looked-whom-partner = sa conjointe ou son conjoint
looked-whom-child = l’enfant né·e le { $day }
looked-whom-expected = l’enfant attendu·e pour le { $day }
looked-whom-family = la famille
looked-whom-tax = le foyer fiscal
looked-whom-dwelling = le logement
looked-whom-gone = quelqu’un qui n’est plus au foyer

looked-right-why = Pourquoi
looked-holds = Rempli
looked-fails = Pas rempli
looked-not-known = On ne sait pas
looked-to-assess = À apprécier
looked-missing = Ce qu’il manque
looked-missing-unknown = La réponse a été « je ne sais pas ». On peut la changer plus tard.
looked-change = Ce qui changerait la réponse
looked-change-likely = L’aide deviendrait probable si : { $what }
looked-change-unlikely = L’aide ne serait plus probable si : { $what }
looked-change-most = { $fact } : { $amount } au plus
looked-change-least = { $fact } : { $amount } au moins
looked-change-other = { $fact } : { $answer }
looked-change-time = rien ne change d’autre que le temps, à partir de { $month }
looked-law = La loi
looked-law-since = { $figure } : { $value }, depuis le { $day }
looked-law-figures = Montants et plafonds utilisés
looked-facts = Faits utilisés
looked-facts-none = Aucun fait n’a servi.
looked-facts-zero = Aucun, ou non : { $facts }.
looked-law-all = Tous les articles des règles utilisées
looked-way-counter = un espace France services aide gratuitement à demander. L’organisme reçoit aussi à son guichet, ou par courrier.
looked-bring = À apporter
looked-limits = Ce que ce calcul ne voit pas
looked-how = Comment demander
looked-fiche = Lire la fiche officielle
looked-fiche-none = La fiche officielle { $number } n’est pas dans l’édition installée.
looked-open-procedure = Ouvrir une démarche
looked-procedure-open = Démarche déjà ouverte :

looked-decided = Ce que la personne a décidé
looked-decided-what = C’est son choix, quelle que soit l’indication. Il est gardé au dossier avec sa date.
looked-decided-none = Rien n’est encore noté.
looked-decide-open = Noter son choix
looked-decide = Enregistrer ce choix
looked-decision-asked = Demandé
looked-decision-will_not_ask = Ne veut pas demander
looked-decision-thinking = À réfléchir
looked-decision-later = À revoir plus tard
looked-decision-why = Pourquoi, avec ses mots
looked-decision-why-hint = Facultatif : personne ne doit de raison.
looked-decision-on = { $decision }, le { $day }
looked-decision-by = Écrit par : { $name }

looked-if-title = Et si…
looked-if-what = Avant et après un changement, côte à côte. Ce n’est qu’une estimation, et rien n’est gardé.
looked-if-first = Il faut d’abord dire qui vit au foyer.
looked-if-kept = Rien de cette page n’est gardé.
looked-if-job = Un travail
looked-if-job-hint = Un salaire net par mois
looked-if-move = Un déménagement
looked-if-move-hint = Un autre loyer, une autre commune
looked-if-birth = Une naissance
looked-if-birth-hint = Un enfant de plus au foyer
looked-if-job-title = Et si : un travail
looked-if-move-title = Et si : un déménagement
looked-if-birth-title = Et si : une naissance
looked-if-whom = Qui travaillerait
looked-if-pay = Salaire net par mois, en euros
looked-if-hours = Heures de travail par semaine
looked-if-hours-hint = Si le salaire n’est pas connu : le calcul prend le Smic pour ces heures.
looked-if-pay-hint = Ce qui arrive sur le compte, avant impôt.
looked-if-from = À partir de
looked-if-rent = Nouveau loyer par mois, en euros
looked-if-place = Nouvelle commune, ou son code postal
looked-if-commune = Laquelle de ces communes
looked-if-place-hint = Laisser vide si la commune ne change pas.
looked-if-born = Mois prévu de la naissance
looked-if-do = Comparer
looked-if-said-job = Un salaire net de { $amount } par mois, à partir de { $month }.
looked-if-said-move = Un loyer de { $amount } par mois, à partir de { $month }.
looked-if-said-birth = Une naissance en { $month }.
looked-if-result = Avant et après
looked-if-right = Aide
looked-if-before = Sans
looked-if-after = Avec
looked-if-before-long = Sans le changement
looked-if-after-long = Avec le changement
looked-if-at = En { $month }, une fois le changement passé dans les déclarations.
looked-if-supposed = Tout le reste est supposé ne pas changer. Le RSA et la prime d’activité suivent avec du retard : ils comptent les trois mois d’avant.
looked-if-same = { $count ->
    [one] 1 aide ne change pas
   *[other] { $count } aides ne changent pas
}
looked-if-none = Aucune aide ne change, avec ce qui est connu.
looked-if-missing = Des réponses manquent : la comparaison est partielle.
looked-if-spoken = Courbe : { $title }. Les mêmes chiffres sont dans le tableau qui suit.
looked-if-table = Les mêmes chiffres en tableau
looked-if-month = Mois
looked-if-more = Pour en savoir plus
looked-if-again = Changer les réponses
looked-if-total = Salaires et aides de chaque mois, ensemble
looked-if-wages = Salaires nets du foyer, par mois
looked-if-yearly = { $right }, année { $year }
looked-if-benefits = Les allocations de chômage
looked-if-benefits-end = S’arrêtent, ou il n’y en a pas
looked-if-benefits-go_on = Continuent
looked-if-occupation = Comment le logement sera occupé
looked-if-occupation-same = Comme maintenant
looked-if-zero = rien
looked-if-assessed = à apprécier
looked-if-assessed-amount = { $amount }, à apprécier
looked-if-not-known = on ne sait pas

event-looked-household = Qui vit au foyer, pour les droits
event-looked-partner = Conjointe ou conjoint, né·e le { $day }
event-looked-child = Enfant né·e le { $day }
event-looked-expected = Enfant attendu·e pour le { $day }
event-looked-none = { $count ->
    [one] 1 réponse « aucun » ou « non »
   *[other] { $count } réponses « aucun » ou « non »
}
event-looked-unknown = { $count ->
    [one] 1 réponse « je ne sais pas »
   *[other] { $count } réponses « je ne sais pas »
}
event-looked-withdrawn = Réponse retirée : { $fact }
event-looked-decided = { $right } : { $decision }, le { $day }

error-looked-partner = Dites s’il y a une vie en couple.
error-looked-partner-born = Écrivez la date de naissance, ou choisissez « non ».
error-looked-household = Un foyer compte une seule conjointe ou un seul conjoint, et 20 personnes au plus.
error-looked-number = Le foyer a changé entre-temps. Relisez-le et recommencez.
error-looked-birth = Une naissance est attendue dans les dix mois au plus. Une date d’adulte est passée.
error-looked-member = Cette personne n’est plus dans le foyer. Relisez le foyer.
error-looked-how-many = Il n’y a rien à enregistrer, ou trop à la fois.
error-looked-name = Cette question n’existe plus. Revenez à la liste.
error-looked-period = Cette période n’est pas possible. Revenez à la liste.
error-looked-answer = Cette réponse ne convient pas à la question. Choisissez-en une autre.
error-looked-future = Un choix s’écrit le jour même ou après, pas avant.
error-looked-again = Le jour pour y revenir est déjà passé.
error-looked-already = Cette question a déjà une réponse. Rien n’a changé. Pour la changer, c’est ici.
error-looked-ticks = Cochez ce qui est vrai, ou choisissez « Rien de tout cela ».
error-looked-amount-empty = Écrivez un montant, ou choisissez une autre réponse plus bas.
error-looked-both = Écrivez un seul montant pour tous les mois, ou un montant par mois : pas les deux.
error-looked-number-value = Ce nombre n’est pas lisible. Exemple : 2.
error-looked-hours = Écrivez des heures par semaine : 60 au plus.
error-looked-commune = Cette commune n’a pas été trouvée. Essayez avec son code postal.
error-looked-communes = Plusieurs communes sont possibles. Choisissez la bonne.
