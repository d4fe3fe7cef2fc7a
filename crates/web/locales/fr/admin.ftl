role-lead = chef·fe de service
role-administrator = administration
admin-opens-nothing = Administrer n’ouvre aucun dossier.
admin-members = Membres
member-invited = invité·e
member-enrolled = clés à confirmer
member-active = actif·ve
member-ended = compte terminé
admin-leave = Retirer de l’équipe
admin-state-what = Comparez à voix haute avec la personne :
admin-state = Confirmer ses clés
admin-join = Mettre dans une équipe
admin-join-do = Mettre dans l’équipe
admin-more = Autres actions
admin-reset-what = Phrase oubliée ou appareils perdus : nouvelles clés, puis nouvel accueil par les chef·fes de service.
admin-reset = Renouveler les clés
admin-end-what = La personne ne pourra plus se connecter. Ce qu’elle a écrit reste.
admin-end = Terminer le compte
admin-invite = Inviter
admin-name = Nom
admin-name-hint = Le nom que les autres verront, et qui sert à se connecter.
admin-job = Métier
admin-invite-do = Inviter
admin-teams = Équipes
admin-team-name = Nom de l’équipe
admin-team-do = Ajouter l’équipe
admin-locked = Cartes bloquées
admin-locked-none = Aucune carte bloquée.
admin-locked-what = L’équipe qui accompagne la personne peut débloquer sa carte.
admin-sessions = Sessions ouvertes
admin-opened = Ouverte
admin-close = Fermer
admin-close-do = Fermer
admin-own = la vôtre
admin-statements = Déclarations signées
admin-statements-what = Qui a signé quoi, du plus récent au plus ancien.
admin-statement = Déclaration
admin-about = À propos de
admin-by = Signée par
statement-administrator = administrateur·rice
statement-member = clés d’un membre
statement-team = équipe
statement-membership = entrée dans une équipe
statement-membership_end = sortie d’une équipe
statement-team_key = clé d’équipe
statement-welcome = accueil
statement-account_end = fin de compte
invitation-title = Code d’appareil
invitation-for = Pour { $name }. Ce code ne sera plus montré.
invitation-next = La personne ouvre ce site sur son appareil, choisit « Enregistrer cet appareil », écrit son nom, ce code, et choisit sa phrase secrète. Ensuite, confirmez ses clés ici.
team-welcome-what = Vous décidez quelles rubriques chaque membre ouvre.
team-waiting = à accueillir
team-opens = Rubriques ouvertes
team-welcome = Accueillir
team-end = Fin dans l’équipe
team-end-what = Les clés de l’équipe changent pour ce qui sera écrit ensuite.
team-end-do = Mettre fin
import-title = Importer un tableur
import-what = Un fichier xlsx, ods ou csv exporté de votre outil. Rien n’entre avant que vous ayez confirmé.
import-understood = Ce qui a été compris
import-count-new = { $count ->
    [0] Aucune nouvelle personne.
    [one] 1 nouvelle personne.
   *[other] { $count } nouvelles personnes.
}
import-count-there = { $count ->
    [0] { "" }
    [one] 1 est déjà là.
   *[other] { $count } sont déjà là.
}
import-faults = À corriger dans le tableur
import-where = Où
import-problem = Problème
import-mend = Comment corriger
import-place = Ligne { $row }, colonne { $column }
import-columns = Colonnes
import-heading = Titre dans le tableur
import-field = Compris comme
import-kept = gardé tel quel dans le suivi
import-people = Personnes
import-row = Ligne
import-there = déjà là
import-new = nouvelle
import-sure = J’ai vérifié : faire entrer ces personnes
import-skip = Laisser de côté les lignes à corriger
import-file = Fichier
import-again = Le même fichier, encore une fois
import-file-hint = 10 Mo au plus. Il n’est gardé nulle part : c’est pourquoi il est redemandé.
import-wait = Les personnes entrent. Vous pouvez quitter cette page : cela continue.
import-progress = { $done } sur { $all }
import-stopped = L’entrée s’est arrêtée. Ce qui est entré est gardé : recommencez avec le même fichier, personne n’entrera deux fois.
import-check = Vérifier
import-do = Continuer
import-done-new = { $count ->
    [0] Aucune personne n’est entrée.
    [one] 1 personne est entrée.
   *[other] { $count } personnes sont entrées.
}
import-done-there = { $count ->
    [0] { "" }
    [one] 1 était déjà là.
   *[other] { $count } étaient déjà là.
}
import-done-skipped = { $count ->
    [0] { "" }
    [one] 1 ligne a été laissée de côté.
   *[other] { $count } lignes ont été laissées de côté.
}
import-missing = La case est vide{ $value }.
import-missing-mend = Remplissez la case.
import-date = « { $value } » n’est pas une date qui existe.
import-date-mend = Écrivez jour/mois/année, par exemple 28/02/2018.
import-date-future = « { $value } » est dans le futur.
import-date-future-mend = Vérifiez l’année.
import-date-order = La fin ({ $value }) est avant le début.
import-date-order-mend = Vérifiez les deux dates.
import-value = « { $value } » n’est pas une valeur de la liste.
import-value-mend = Choisissez une valeur de la liste du tableur.
import-phone = « { $value } » n’est pas un numéro de téléphone.
import-phone-mend = Écrivez 10 chiffres, ou + et l’indicatif.
import-email = « { $value } » n’est pas une adresse.
import-email-mend = Vérifiez l’adresse, ou videz la case.
import-duplicate = La même personne est deux fois : { $value }.
import-duplicate-mend = Gardez une seule ligne.
import-column-missing = Cette colonne manque{ $value }.
import-column-missing-mend = Ajoutez-la, ou donnez un fichier de correspondance.
import-field-outside_id = identifiant
import-field-title = civilité
import-field-birth_name = nom de naissance
import-field-given_names = prénoms
import-field-usual_name = nom d’usage
import-field-born = date de naissance
import-field-birth_place = lieu de naissance
import-field-phone = téléphone
import-field-email = courriel
import-field-status = statut, gardé dans le suivi
import-field-refusal = motif de refus, gardé dans le suivi
import-field-removal = motif de radiation, gardé dans le suivi
import-field-kind = type, gardé dans le suivi
import-field-start = début, gardé dans le suivi
import-field-end = fin, gardée dans le suivi
import-field-first = première domiciliation, gardée dans le suivi
import-field-last_visit = dernier passage, gardé dans le suivi
import-field-oriented = orientation, gardée dans le suivi
import-field-already = domiciliation existante, gardée dans le suivi
import-field-work = situation professionnelle, gardée dans le suivi
import-field-income = revenus, gardés dans le suivi
import-field-commune_tie = lien avec la commune, gardé dans le suivi
import-field-household = composition du ménage, gardée dans le suivi
import-field-residence = situation résidentielle, gardée dans le suivi
import-field-cause = cause, gardée dans le suivi
import-field-reason = motif, gardé dans le suivi
import-field-followed = accompagnement social, gardé dans le suivi
import-field-tie_name = nom d’un proche
import-field-tie_given = prénom d’un proche
import-field-tie_born = date de naissance d’un proche
import-field-tie_kind = lien avec un proche
