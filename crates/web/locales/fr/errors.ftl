error-page-not-found-title = Il n’y a rien ici
error-page-not-found = Cette page n’existe pas, ou elle n’est pas ouverte pour vous.
error-page-forbidden-title = Ce n’est pas à vous de le faire
error-page-forbidden = Votre rôle ne le permet pas. Rien n’a changé.
error-page-too-large-title = C’est trop gros
error-page-too-large = L’envoi dépasse 100 Mo, ou il s’est interrompu. Rien n’a été gardé. Essayez avec un fichier plus petit.
error-page-stale-title = Cette page n’est plus à jour
error-page-stale = Revenez en arrière, rechargez la page, et recommencez. Rien n’a changé.
error-page-too-many-title = Trop d’essais
error-page-too-many = Attendez une minute, puis recommencez.
error-page-compartment-closed-title = Cette rubrique n’est pas ouverte pour vous
error-page-compartment-closed = Rien n’a été écrit. Demandez à votre chef·fe de service.
error-page-invalid-title = Quelque chose manque
error-page-invalid = Rien n’a changé. Revenez en arrière et vérifiez ce que vous avez écrit.
error-page-file-title = Ce fichier ne peut pas entrer
error-page-file = Rien n’a été gardé.
error-page-erased-title = Ce dossier a été effacé
error-page-erased = Son contenu ne peut plus être lu.
error-page-busy-title = Un instant
error-page-busy = Le service est occupé. Ce qui était enregistré est gardé. Ce que vous veniez d’envoyer ne l’est pas : recommencez dans un moment.
error-page-files-title = Les documents ne répondent pas
error-page-files = L’endroit où sont rangés les documents ne répond pas. Ce qui était enregistré est gardé. Ce document n’a été ni ajouté ni ouvert. Recommencez dans un moment.
error-page-full-title = Plus de place
error-page-full = Le serveur n’a plus de place. Ce qui était enregistré est gardé. Prévenez la personne qui administre.
error-page-integrity-title = Ce dossier doit être vérifié
error-page-integrity = Une vérification a échoué, rien n’est montré. Prévenez la personne qui administre.
error-page-server-title = Cela n’a pas marché
error-page-server = Ce qui était enregistré est gardé. Recommencez dans un moment.

error-code-short = { $missing ->
    [one] Il manque { $missing } caractère.
   *[other] Il manque { $missing } caractères.
}
error-code-long = { $extra ->
    [one] Il y a { $extra } caractère de trop.
   *[other] Il y a { $extra } caractères de trop.
}
error-code-group = Regardez le groupe { $group }.
error-code-character = Le caractère « { $character } » n’existe pas dans un code.
error-code-checksum = Un caractère n’est pas le bon. Relisez groupe par groupe.
error-card-wrong = { $left ->
    [one] La carte ou le code secret n’est pas le bon. Il reste { $left } essai.
   *[other] La carte ou le code secret n’est pas le bon. Il reste { $left } essais.
}
error-card-locked = Cette carte est bloquée. Votre équipe peut la débloquer.
error-card-there = Cette carte existe déjà.
error-card-other-person = Cette carte est celle d’une autre personne.
error-pin-form = Le code secret a de 4 à 6 chiffres.
error-pin-simple = Ce code est trop facile à deviner.
error-pin-again = Les deux codes ne sont pas les mêmes.
error-presence = Ce code de présence n’est pas le bon, ou il est terminé.
error-sign-in = Le nom, la phrase secrète ou l’appareil n’est pas le bon.
error-device-locked = Trop d’essais : cet appareil doit être enregistré à nouveau.
error-not-yet = Vos clés attendent d’être confirmées par la personne qui administre.
error-enrol = Le nom, le code ou la phrase secrète n’est pas le bon, ou le code est terminé.
error-passphrase-short = Au moins 12 caractères.
error-passphrase-weak = Trop facile à deviner : ajoutez des mots.
error-passphrase-again = Les deux phrases ne sont pas les mêmes.
error-passphrase-wrong = Ce n’est pas votre phrase secrète.
error-name-empty = Écrivez un nom.
error-name-taken = Ce nom sert déjà à quelqu’un pour se connecter.
error-born = Vérifiez la date de naissance.
error-day = Écrivez une date comme 28/02/2018.
error-time = Écrivez une heure comme 14:30.
error-team = Choisissez une équipe.
error-member-not-active = Ses clés doivent d’abord être confirmées.
error-text-empty = Écrivez quelque chose.
error-text-long = Ce texte est trop long : 20 000 caractères au plus.
error-theme = Choisissez un thème.
error-nature = Dites ce que vous écrivez.
error-conduct = Dites qui a fait.
error-contact = Dites comment le contact a eu lieu.
error-reason = Dites pourquoi.
error-duration = Choisissez une durée.
error-consent = Dites comment la personne a donné son accord.
error-themes-empty = Choisissez au moins un thème.
error-mandate-past = Un mandat ne commence pas dans le passé.
error-closing = Choisissez une raison.
error-closing-words = Précisez la raison.
error-compartment = Choisissez une rubrique ouverte pour vous.
error-compartments-empty = Choisissez au moins une rubrique.
error-compartments-unreachable = Une de ces rubriques ne peut pas être ouverte pour eux.
error-welcome-compartments = Choisissez au moins une rubrique, parmi celles que vous ouvrez.
error-purpose-empty = Dites pour quoi faire.
error-until = Choisissez jusqu’à quand.
error-short-code = Ce code n’est pas le bon, ou il est terminé. Demandez-en un autre.
error-kind = Choisissez ce que c’est.
error-valid-until = La fin est avant le début.
error-file-none = Choisissez un fichier.
error-file-empty = « { $name } » est vide.
error-file-long = « { $name } » dépasse 100 Mo.
error-file-program = « { $name } » est un programme : il ne peut pas entrer.
error-file-markup = « { $name } » est une page web : elle peut cacher du code. Imprimez-la en PDF.
error-file-archive = « { $name } » est une archive : envoyez les documents un par un.
error-file-unknown = « { $name } » n’est ni un PDF, ni une photo, ni un document de bureau.
error-step-reason = Dites pourquoi vous avez agi à sa place.
error-step-needless = Un motif ne va qu’avec « à sa place ».
error-step-ground = Il faut un mandat en cours sur ce thème, ou une urgence.
error-step-emergency = Dites l’urgence en quelques mots.
error-step-next = Dites quoi, la prochaine fois.
error-step-future = Un acte se note quand il est fait.
error-sheet-kind = Ce fichier n’est pas un tableur : xlsx, ods ou csv.
error-sheet-damaged = Ce tableur est abîmé : exportez-le à nouveau.
error-sheet-empty = Ce tableur est vide.
error-sheet-long = Ce tableur a plus de 50 000 lignes : coupez-le en plusieurs.
error-import-faults = Corrigez d’abord le tableur, ou laissez de côté les lignes à corriger.
error-page-fiche-title = Cette fiche ne s’ouvre pas
error-page-fiche = Le fichier des fiches est abîmé. Prévenez la personne qui tient le serveur : elle peut reprendre l’édition.
