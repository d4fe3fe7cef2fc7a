# Mes aides possibles : des phrases courtes, une chose par page.
person-looked = Mes aides possibles
person-looked-hint = Quelles aides demander ? On regarde ensemble.
person-looked-notice = Ce n’est pas une décision. Seule l’administration décide.
person-looked-dated = Calculé pour { $month }.
person-looked-begin-what = Vous répondez à des questions. Puis vous voyez chaque aide. Vous pouvez arrêter quand vous voulez.
person-looked-begin = Commencer
person-looked-list = Les aides
person-looked-one = C’est trop ? Touchez une seule aide, plus bas.
person-looked-order = L’ordre est toujours le même. Touchez une aide pour savoir pourquoi.
person-looked-covers = Les aides regardées ici
person-looked-empty = Il n’y a rien à regarder ici pour le moment.
person-looked-left = { $count ->
    [0] Il n’y a plus de question utile.
    [one] Il reste 1 question.
   *[other] Il reste { $count } questions pour l’instant. Ce nombre change souvent.
}
person-looked-left-one = { $count ->
    [0] Il n’y a plus de question pour cette aide.
    [one] Il reste 1 question pour cette aide.
   *[other] Il reste { $count } questions pour cette aide, pour l’instant.
}
person-looked-go-on = Répondre aux questions
person-looked-go-on-one = Répondre pour cette aide
person-looked-answers = Relire mes réponses
person-looked-offered = { $count ->
    [one] Confirmer 1 information
   *[other] Confirmer { $count } informations
}
person-looked-what-if = Et si ma vie change ?
person-looked-next = Continuer

person-looked-status-likely = Oui, c’est probable
person-looked-status-unlikely = Non, c’est peu probable
person-looked-status-unknown = On ne sait pas encore
person-looked-status-assessed = L’administration doit regarder
person-looked-status-not_modelled = Pas encore calculé ici

person-looked-household = Qui vit avec vous ?
person-looked-household-short = Chez vous
person-looked-household-what = Vous êtes déjà compté·e.
person-looked-household-alone = Vous, sans conjoint·e, sans enfant
person-looked-household-person = Vous
person-looked-household-partner = votre conjointe ou conjoint
person-looked-household-change = Changer
person-looked-household-offered = Rempli avec votre dossier. Vérifiez si c’est juste.
person-looked-partner = Vivez-vous en couple ?
person-looked-partner-yes = Oui
person-looked-partner-no = Non
person-looked-partner-born = Si oui, sa date de naissance
person-looked-partner-born-hint = Laissez vide si c’est non.
person-looked-children = Avez-vous des enfants avec vous ?
person-looked-children-hint = Écrivez la date de naissance de chaque enfant. Sinon, laissez vide.
person-looked-child = Enfant { $number }
person-looked-child-more = J’ai d’autres enfants

person-looked-known = C’est encore vrai ?
person-looked-known-what = C’est écrit dans votre dossier. Cochez ce qui est vrai.
person-looked-known-where = Ce que vous cochez pourra être lu par votre équipe.
person-looked-known-do = Confirmer
person-looked-known-none = Il n’y a rien à confirmer.

person-looked-commune = Votre ville, ou votre code postal
person-looked-commune-hint = Exemple : Lille, ou 59000.
person-looked-now = Votre réponse : { $answer }
person-looked-why = Pourquoi cette question ?
person-looked-why-what = La réponse peut changer : { $rights }.
person-looked-done = Il n’y a plus de question
person-looked-done-what = Vous pouvez relire vos réponses, ou voir les aides.
person-looked-see = Voir les aides

person-looked-check = Mes réponses
person-looked-check-what = Ce n’est plus vrai ? Changez la réponse.
person-looked-check-told = Dit le { $day }
person-looked-check-none = Vous n’avez pas encore répondu.
person-looked-check-withdraw-one = Retirer ma réponse
person-looked-check-zero = Vous avez dit « aucun » ou « non »
person-looked-check-zero-which = { $count ->
    [one] 1 réponse
   *[other] { $count } réponses. Laquelle changer ?
}
person-looked-answer-unknown = Je ne sais pas

person-looked-whom-person = vous
person-looked-whom-partner = votre conjointe ou conjoint
person-looked-whom-child = l’enfant né·e le { $day }
person-looked-whom-expected = l’enfant attendu·e pour le { $day }
person-looked-whom-family = votre famille
person-looked-whom-tax = votre foyer fiscal
person-looked-whom-dwelling = votre logement

person-looked-right-why = Pourquoi
person-looked-missing = Ce qu’il manque
person-looked-missing-unknown = Vous avez dit « je ne sais pas ». Vous pourrez changer.
person-looked-change = Ce qui changerait la réponse
person-looked-change-likely = Ce serait oui si : { $what }
person-looked-change-unlikely = Ce serait non si : { $what }
person-looked-law = La loi
person-looked-facts = Vos réponses utilisées
person-looked-facts-none = Aucune réponse n’a servi.
person-looked-way-counter = un espace France services vous aide. C’est gratuit. Vous pouvez aussi écrire une lettre.
person-looked-bring = Ce qu’il faut apporter
person-looked-limits = Ce que ce calcul ne voit pas
person-looked-how = Comment demander
person-looked-fiche = Lire la page officielle
person-looked-procedure-open = Déjà commencé :
person-looked-team = Vous voulez demander ? Parlez-en à votre équipe.

person-looked-decided = Votre choix
person-looked-decided-what = C’est vous qui choisissez. Vous pouvez changer d’avis.
person-looked-decided-none = Vous n’avez pas encore choisi.
person-looked-decide-open = Dire mon choix
person-looked-decide = Garder mon choix
person-looked-decision-asked = J’ai demandé
person-looked-decision-will_not_ask = Je ne veux pas demander
person-looked-decision-thinking = Je veux réfléchir
person-looked-decision-later = Je verrai plus tard
person-looked-decision-why = Pourquoi ? Vous pouvez ne rien écrire.

person-looked-if-title = Et si ma vie change ?
person-looked-if-what = Vous voyez les aides avant et après. Rien n’est gardé.
person-looked-if-first = Dites d’abord qui vit avec vous.
person-looked-if-kept = Rien de cette page n’est gardé.
person-looked-if-job = Je trouve un travail
person-looked-if-job-hint = Avec un salaire chaque mois.
person-looked-if-move = Je déménage
person-looked-if-move-hint = Un autre loyer, une autre ville.
person-looked-if-birth = J’attends un enfant
person-looked-if-birth-hint = Un enfant de plus avec vous.
person-looked-if-job-title = Et si je trouve un travail ?
person-looked-if-move-title = Et si je déménage ?
person-looked-if-birth-title = Et si un enfant naît ?
person-looked-if-whom = Qui travaillerait ?
person-looked-if-pay = Combien par mois, en euros ?
person-looked-if-hours = Combien d’heures par semaine ?
person-looked-if-hours-hint = Si vous ne connaissez pas le salaire.
person-looked-if-pay-hint = Le salaire net, celui qui arrive sur le compte.
person-looked-if-from = À partir de quel mois ?
person-looked-if-rent = Le nouveau loyer par mois, en euros
person-looked-if-place = La nouvelle ville, ou son code postal
person-looked-if-place-hint = Vous pouvez laisser vide.
person-looked-if-born = Le mois de la naissance
person-looked-if-do = Comparer
person-looked-if-result = Avant et après
person-looked-if-at = En { $month }.
person-looked-if-supposed = Le reste ne change pas. Certaines aides changent trois mois plus tard.
person-looked-if-none = Aucune aide ne change, avec vos réponses.
person-looked-if-assessed = à vérifier
person-looked-if-assessed-amount = { $amount }, à vérifier
person-looked-if-more = Pour en savoir plus
person-looked-if-missing = Des réponses manquent. La comparaison n’est pas complète.
person-looked-if-benefits = Votre allocation de chômage
person-looked-if-benefits-end = Elle s’arrête, ou je n’en ai pas
person-looked-if-benefits-go_on = Elle continue
person-looked-if-occupation = Vous serez…
