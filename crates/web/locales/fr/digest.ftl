# What falls due, prepared each morning: the worker's page and the person's panel.
nav-digest = Ce qui arrive
digest-title = Ce qui arrive
digest-prepared = Préparé { $at }, dans l’ordre des dates. Cette page ne change pas dans la journée.
digest-not-yet = La première liste sera prête demain matin.
digest-none = Rien n’arrive dans les 30 jours pour les démarches que vous suivez.
digest-all = Toutes mes échéances, sur un calendrier
digest-week = Dans les 7 jours
digest-later = Dans les { $days } jours
digest-new = nouveau
person-digest = Ce qui arrive
person-digest-before = Le { $day }
person-digest-past = La date est passée : { $day }
