person-procedures = Mes démarches
person-procedures-hint = Ce qui avance, ce qui manque.
person-procedures-none = Aucune démarche n’est ouverte pour vous.
person-procedures-live = En cours
person-procedures-over = Terminées
person-missing-count = { $count ->
    [one] Il manque 1 papier.
   *[other] Il manque { $count } papiers.
}
person-missing = Ce qui manque
person-missing-none = Rien ne manque. C’est bien.
person-missing-for = Pour : { $title }
person-missing-to = À donner à : { $organisation }
person-missing-before = Avant le { $day }
person-missing-here = Il manque
person-missing-list = Voir et imprimer la liste
person-given = Je l’ai donné
person-pieces-found = Déjà trouvé
person-step-last = La dernière chose faite
person-step-none = Rien n’est encore fait.
person-steps-before = Ce qui a été fait avant
person-coming = Et après ?
person-dates-of = Dates à retenir
person-ways = Comment faire
person-refused = Pourquoi c’est non
person-refused-on = Vous l’avez su le { $day }.
person-refused-how = Pour dire que vous n’êtes pas d’accord : { $way }
person-procedure-to = Demande faite à : { $organisation }
person-procedure-number = Votre numéro : { $reference }
person-procedure-asked = Vous avez demandé : { $amount }
person-procedure-granted = Vous avez obtenu : { $amount }
person-procedure-mandates = Mandats utilisés ici
person-procedure-mandates-what = Avec ces mandats, on a agi à votre place.
person-path = Mon chemin
person-path-hint = Qui a fait quoi, dans le temps.
person-path-what = Ce qui a été fait, dans l’ordre du temps. Personne ne vous note.

person-state-to_start = Cette démarche n’a pas encore commencé.
person-state-awaiting_pieces = On attend des papiers.
person-state-submitted = La demande est partie.
person-state-under_review = L’organisme étudie la demande.
person-state-accepted = La réponse est oui.
person-state-refused = La réponse est non.
person-state-deferred = L’organisme décidera plus tard.
person-state-appealed = Un recours est parti.
person-state-closed_by_person = Vous avez arrêté cette démarche.
person-state-dismissed = L’organisme a fermé la demande sans répondre.

person-coming-to_start = Réunir les papiers, puis envoyer la demande.
person-coming-awaiting_pieces = Donner les papiers qui manquent.
person-coming-submitted = Attendre une lettre ou un message de l’organisme.
person-coming-under_review = Attendre la réponse. Apportez les lettres à votre équipe.
person-coming-accepted = Gardez bien la lettre. Regardez les dates de renouvellement.
person-coming-refused = Vous pouvez dire que vous n’êtes pas d’accord. Voyez avec votre équipe.
person-coming-deferred = Voir avec votre équipe ce que l’organisme demande.
person-coming-appealed = Attendre la réponse au recours.
person-coming-closed_by_person = Vous pouvez la reprendre quand vous voulez.
person-coming-dismissed = Vous pouvez la refaire. Voyez avec votre équipe.
