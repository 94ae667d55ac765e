package main

// A helpLong is what help says at length of a verb, in French, and of which English it is so.
type helpLong struct{ of, fr string }

// helpLongFR is by the verb. TestHelpInFrench says what to put into it where the English changes.
var helpLongFR = map[string]helpLong{
	"power": {"0498f02f", `Combien souvent chaque membre d'une instance décide, si tous votent : son indice de Banzhaf normalisé (sa part de tous les
basculements) et son indice de Shapley-Shubik (sa part de tous les ordres), exactement ; combien de coalitions l'emportent, et combien
sont à égalité.

Tous sont supposés présents et votants, selon la règle de l'instance au registre s'il y en a une, sinon à plus de la moitié de toutes
les voix ; --majority en suppose une autre : '>1/2' (plus de la moitié), '>=2/3' (au moins deux tiers), avec ses apostrophes. 1/2 seul
vaut '>1/2', puisque la moitié exacte n'est pas une majorité ; toute autre fraction seule veut dire « au moins ».`},
	"rule voting": {"d8e96969", `Comment décide une instance, sur tous les points ou sur ceux d'une nature. La règle entière est donnée à nouveau chaque fois.

Un SEUIL dit à quoi une part doit se monter, avec ses apostrophes :
  'weights cast >1/2'         plus de la moitié des voix exprimées
  'weights total >=2/3'       au moins deux tiers de toutes les voix
  'heads total >1/2 min 4'    plus de la moitié de tous les membres, et au moins 4
« cast » : les pour et les contre ; « present » : qui est là ou représenté ; « total » : toute la liste. Plusieurs doivent être
atteints tous.`},
	"sitting": {"aebbf5da", `Une séance, désignée par son identifiant ou par le numéro de l'événement qui l'a convoquée : qui est là, qui vote pour qui, ce qu'est
devenu chaque point, et du point mis au vote le quorum, les voix à cet instant et qui n'a pas voté.

Avec --watch, elle est montrée à nouveau à chaque changement, jusqu'à ce qu'elle soit finie ou jusqu'à Ctrl-C ; avec --json, une ligne
par changement. Un groupement qui porte le nom d'un des verbes ci-dessous se désigne derrière -- : registre sitting -- open 2023-03-20.`},
	"decision annul": {"c383a3e2", `Un tribunal annule une décision : elle n'a jamais été, ou, avec --from, elle a été jusqu'à ce jour. --effective est le jour du jugement.`},
	"minutes": {"e448eb46", `Le procès-verbal d'une séance, fait de ce que le registre en dit : qui était là, les pouvoirs, chaque point avec sa règle, sa liste et
chaque vote nominal, le décompte, ce qui était demandé et ce qui fut atteint, et les événements dont suit chaque décision. Il est marqué
comme projet tant que le registre ne tient pas son approbation.

SÉANCE est l'identifiant de la séance, ou le numéro de l'événement qui l'a convoquée. Sans FICHIER il va à la sortie, en Markdown. Une
heure est imprimée où quelque chose fut enregistré le jour même, à Paris ; sinon il n'y en a pas. La même paire de temps donne les mêmes
octets. Chaque forme dit en elle-même de quelle question et de quel registre elle est (registre reproduce FICHIER).`},
	"what-if": {"99d88a8b", `Ce qu'eût été la décision N, si quelque chose avait été autrement. Rien n'est écrit, et rien de ce qui est dit n'est un fait, sinon ce
qui fut.

  --weights-of 2018-01-01 --body ag    avec les voix de l'AG ce jour-là
  --as bas-rhin=cea,haut-rhin=cea      qui n'avait pas encore de vote est là, et vote comme le fit son successeur
  --weights a=4.5,b=2                  avec ces voix ; ou un fichier (CSV, XLSX, ODS) avec un membre et ses voix à chaque ligne
  --rule-of 2018-01-01                 sous la règle de ce jour
  --majority 'weights cast >1/2'       à cette majorité (voir « registre rule voting --help ») ; de même --quorum, --blocking et --tie
  --present a,b --absent c             avec ceux-ci présents, ou non
  --vote a=pour,b=abstention           avec ces votes
  --turn                               et le plus petit changement de votes qui la renverserait : le moins de membres, et parmi eux le
                                       moins de voix

Sans N, avec --body et --coalitions : quelles coalitions peuvent faire passer un texte dans une instance ce jour-là, et avec --for a,b,c
si l'une le peut, et ce qui lui manque.`},
	"orders renew": {"027041ab", `Préparer des bons de commande d'après ceux qui comptent un jour à partir de --from et avant --to, chacun plus tard d'autant que --to l'est
sur --from. Le projet est un tableau qu'on corrige, puis importe : registre import orders. Rien n'est enregistré.

Les lignes sont les dernières de chaque bon de commande, comme prévisions, avec les derniers effectifs connus ; un effectif inconnu reste
vide. Un établissement qui a changé de code ou fusionné figure sous le code sous lequel il se poursuit. Ce que sont devenus entre-temps
établissements, membres et accords-cadres est dit, et ce qui ne peut plus être commandé est laissé de côté, et dit aussi. Les bons de
commande sont du jour --at.`},
	"import orders": {"0b1dea54", `Enregistrer les bons de commande d'un tableau, comme les membres les envoient : CSV (avec points-virgules, virgules ou tabulations ; UTF-8,
Windows-1252, Latin-1), XLSX ou ODS. Les colonnes se reconnaissent à leurs noms, en français ou en anglais ; un fichier de correspondance
ou une option dit ce qu'aucune colonne ne dit. Chaque faute est nommée, avec sa ligne, sa colonne et sa valeur, et rien alors n'est
enregistré ; avec --partial les lignes saines le sont, et les autres vont dans un fichier, qu'on corrige et importe à son tour : elles
s'ajoutent alors à leurs bons de commande par une modification.

Importer un fichier une seconde fois ne change rien à ce qui est enregistré : les lignes qui manquent à un bon de commande lui sont
ajoutées par une modification, et une ligne qui dit autre chose que le registre est une faute.`},
	"record": {"d4094861", `Enregistrer les commandes d'un fichier, un objet JSON par ligne (docs/catalogue.md), chacune tout entière ou pas du tout. Le dossier des
données est créé s'il n'y en a pas, et l'on s'arrête à la première ligne refusée (sortie 3) ou illisible (sortie 2).

Une ligne sans « id » en reçoit un, tiré de ce qu'elle dit et de combien de fois le fichier l'a déjà dit : repasser un fichier, ou
reprendre où il s'est arrêté, ne change donc rien à ce qui est enregistré. Pour enregistrer deux fois ce que dit une ligne, dans deux
fichiers, donner des id.`},
	"document add": {"03c59d24", `Une copie de FICHIER est mise dans le dossier des données, et son empreinte, sa taille et sa nature au registre. Des natures award,
execution et deliberation on sait combien de temps elles se gardent ; tout autre mot est une nature aussi. Un fichier perdu ou altéré dans
le dossier y revient si on l'ajoute de nouveau.`},
	"document erase": {"9fc61d96", `L'effacement est enregistré d'abord, puis les octets s'en vont ; « document verify » achève celui qui fut interrompu. Une pièce encore à
garder ne s'efface que sur un ordre nommé (--order). Les copies du dossier ne sont pas atteintes.`},
	"document verify": {"9093ba14", `Recalculer l'empreinte de chaque pièce du dossier des données, et achever les effacements interrompus. D'une sauvegarde aussi : --data
désigne son dossier, dont l'archive dit alors quelles pièces il y a.`},
	"export": {"4a36d45e", `Écrire ce que répond le registre, pour un jour et selon ce qui en est connu, dans un fichier que d'autres programmes ouvrent : CSV (avec
points-virgules et virgules décimales en français), XLSX, ODS ou JSON Lines, d'après la fin de son nom.

  weights   les voix de chaque membre dans chaque instance
  members   qui ils sont
  avenants  où en est chaque texte
  lines     les lignes de bons de commande qui comptent ce jour-là, avec tout ce que disent leurs bons ; avec --history celles de tous
            les jours, chacune avec les jours où elle compte. Un tel fichier s'importe à l'identique : registre import orders
  totals    combien d'élèves il y a, selon une ou deux dimensions
  series    de même aux jours DE..À où cela change
  decisions ce qu'ont décidé les instances, chaque décision avec son vote
  deliberations  ce qu'elles ont adopté, dans les colonnes du schéma ouvert SCDL « délibérations » 2.1.5, qui compte les membres ; et à
            côté, dans FICHIER-voix, chaque décision avec ses voix (docs/scdl.md)
  analyst   tout, avec les deux temps en colonnes, en tables d'un fichier SQLite, et des vues qui répondent : qui portait combien de voix,
            combien d'élèves il y avait, ce qui fut décidé, à la paire qui figure dans sa table question. Sans GROUPE, de tous les
            groupements (docs/analyst.md)

Chaque ligne finit par la paire de temps dont elle est, et par la racine de l'arbre du registre tel qu'il était alors connu (RFC 6962,
SHA-256), sauf dans le fichier du schéma. La même paire donne les mêmes octets. Un effectif inconnu est une cellule vide, jamais 0.

Le fichier dit de quelle question et de quel registre il est : XLSX et ODS dans leurs propriétés, CSV et JSON Lines, qui n'ont pas de place
pour cela, dans FICHIER.registre.json à côté d'eux ; « registre reproduce FICHIER » la repose, des années après. Avec --seal, ce fichier est
écrit à côté de n'importe quel format : il porte aussi le dernier point de contrôle signé.`},
	"replay": {"2a850b12", `Lire les octets mêmes de l'archive, les vérifier par la seule clé publique, et redécider chaque commande : sous les règles alors en
vigueur, telles qu'on les connaissait. Chaque événement qui suit de lui-même est refait et comparé : la liste de chaque vote, le décompte
de chaque décision, le jour de chaque texte en vigueur. Vient ensuite ce qu'un contrôle trouve dans ce qui s'y trouve, comme « registre
findings ». Chaque constat nomme ses événements et ses pièces, sa règle, et ce qui le trancherait (docs/audit.md, docs/findings.md).

Avec --from, un point de contrôle signé, gardé ailleurs (registre checkpoint) : la preuve que rien d'antérieur n'a changé, les événements
venus depuis, et les constats nouveaux. Avec --at et --known, les constats sont ceux de ce jour, selon ce qui en était alors connu.

Sortie 4 pour un avertissement ou une erreur, 5 si ce qui est gardé n'est pas ce qui fut signé. Rien n'est changé.`},
	"finding answer": {"e9be4144", `Un constat est expliqué, avec --evidence s'il y a une pièce. Il se désigne par son code et le premier de ses événements, ou tous ; par
--subject aussi, s'il y en a plusieurs.`},
	"explain": {"b6533d24", `D'où vient un chiffre, en arbre : par quelles règles, de quels événements et de quelles pièces. Avec --from ou --from-known, aussi ce qu'il
est à cette autre paire de temps, et les événements entre les deux, comme les donne « registre diff ».

Avec --svg FICHIER, l'arbre est dessiné aussi. Les sommes de plus de 20 termes sont abrégées ; --all les imprime en entier, comme --json.`},
	"reproduce": {"98b87002", `Poser au registre la question à laquelle répond un fichier publié, à la paire de temps qu'il dit, et comparer : un procès-verbal en PDF,
HTML ou Markdown, tout export, un bon de commande, la réponse à toute question avec --json. Le fichier dit lui-même le groupement et la
question, ou FICHIER.registre.json à côté de lui.

Sortie 0 : le registre le donne à l'octet. 4 : non, et l'on dit où ils diffèrent d'abord ; ou le fichier est d'une forme antérieure, que
cette version n'écrit pas, et l'on dit ce qui y a changé depuis. 5 : le registre n'est pas celui dont le fichier fut fait. 2 : ce n'est pas un fichier de ce programme, ou il est d'une autre maison.

Ce qui est enregistré plus tard ne change rien à la paire du fichier ; une différence veut donc dire que le fichier fut altéré, ou le
registre, et l'empreinte dans le fichier dit lequel. À côté, on dit ce que répond aujourd'hui la même question (ou à --at et --known), et
ce qui fut enregistré entre-temps.

Avec --table, un tableau recopié d'un rapport (CSV, XLSX, ODS ou JSON Lines) est confronté au registre à --at et --known : une colonne de
membres, une de voix ou d'effectifs, et une ligne avec le total qu'annonce le rapport.`},
	"evidence": {"6eacbe97", `Écrire un ZIP avec chaque événement du registre tel qu'il est gardé, les empreintes et les points de contrôle signés qui le prouvent, la
clé publique, une page à lire (index.html), des tableaux en CSV, le schéma JSON de chaque événement, et deux programmes dans la bibliothèque
standard de Python : verify.py vérifie le tout, et figures.py recompte voix, effectifs et résultat de chaque vote, d'après les seuls
événements. Les deux tournent où ils sont, sans réseau et sans ce programme. Les pièces disponibles l'accompagnent (--without-documents les
laisse) ; celles qui furent effacées sont listées avec empreinte et motif.

Tous les événements jusqu'au dernier point de contrôle y vont, avec --known aussi : at et known disent de quels chiffres sont la page et les
tableaux. Le même point de contrôle, la même paire de temps et les mêmes pièces disponibles donnent les mêmes octets.`},
	"checkpoint": {"d12ad8ca", `Imprimer le dernier point de contrôle signé, avec les cosignatures des témoins qu'il a ; avec --witnessed, le dernier qui en a. Avec
--policy, c'est un échec (sortie 1) si le quorum n'y est pas. Qui l'a cosigné, et quand, est dit sur la sortie d'erreur.`},
	"receipt": {"0223230d", `Le reçu d'un événement, imprimé ou écrit dans FICHIER : une « tlog-proof » C2SP, signée, qui prouve, avec les octets de l'événement et la
clé publique de la maison, que l'événement est enregistré. Le vérifier ne demande aucun registre (registre verify-receipt).`},
	"verify-receipt": {"3ea7673d", `Vérifier que l'événement donné par --event (un fichier, ou - pour l'entrée) fut enregistré comme le dit le reçu dans FICHIER. Il n'y faut
ni registre ni clé privée. Sans --event, l'événement est pris dans le dossier des données, et sans --public-key la clé aussi : une clé qui
vient avec ce dont elle répond prouve peu. Avec --policy, assez de témoins doivent l'avoir cosigné ; la politique peut nommer la clé aussi.`},
	"verify": {"f82a4233", `Vérifier l'archive par ses fichiers et la clé publique, et le flux par l'archive. Vite : chaque point de contrôle, la queue, les dernières
tuiles de chaque journal, et combien d'événements ont les deux copies. Avec --full : chaque octet des deux copies, chaque empreinte, chaque
signature. Avec --checkpoint : aussi que le registre continue un point de contrôle gardé ailleurs (registre checkpoint), sous quelque clé
que ce soit. Avec --public-key : celle de la maison, ou une qu'elle a remplacée ; chaque pas de là à la clé en vigueur est vérifié. Avec
--policy : aussi qu'assez de témoins l'ont cosigné.

Rien n'est changé. Un dossier qui ne tient qu'archive/ se vérifie aussi ; il n'y a alors pas de flux auquel le comparer.`},
	"monitor": {"c356ab02", `Suivre l'archive qu'une maison publie à URL (https://…, ou le chemin d'un dossier) : en garder une copie, où rien ne porte son nom sans
avoir été signé, vérifier chaque événement, et donner l'alarme quand ce qui est publié n'est pas ce qui fut signé, ou quand ce qui est signé
ne continue pas ce qui le fut avant. Les preuves sont gardées avant que l'alarme soit donnée, et le programme finit par 5.

La clé est donnée la première fois, hors de portée de la maison (--public-key) ; sinon elle est prise chez elle, de confiance. Dès lors ce
dossier ne se fie qu'à cette clé. Avec --policy FICHIER, assez de témoins doivent avoir cosigné l'histoire montrée. La copie est une archive
comme une autre : « registre verify --full --data DOSSIER » la vérifie, et « registre restore DOSSIER » en fait un registre.`},
	"witness": {"a0a72624", `Un témoin est un petit serveur, avec une clé et un dossier à lui. Il ne signe qu'un point de contrôle qui continue tout ce qu'il a cosigné
avant (C2SP tlog-witness). Qu'un autre le tienne que ceux dont il surveille les registres.

	registre witness init DOSSIER --name temoin.example/t1     son dossier et sa clé
	registre witness trust DOSSIER CLÉ                         un registre qu'il surveille, par sa clé publique (archive/key.pub)
	registre witness serve DOSSIER                             le laisser répondre, jusqu'à Ctrl-C
	registre witness status DOSSIER                            ce qu'il a cosigné, et les preuves qu'il tient`},
	"witness serve": {"5a094ae2", `Laisser le témoin répondre par HTTP (C2SP tlog-witness), jusqu'à Ctrl-C ou SIGTERM. Il imprime la ligne qu'une maison colle dans sa
politique. Il parle HTTP en clair : devant l'Internet, mettre un relais qui parle TLS, et nommer son adresse par --url. Des cosignatures
n'ont pas besoin de secret.`},
	"serve": {"832e210c", `Laisser des programmes interroger les registres du dossier par HTTP, jusqu'à Ctrl-C : chaque question de ce programme, les commandes, et
les registres mêmes, comme les décrit /openapi.json et les montre la page /docs. Qui demande montre un jeton (registre token create) ; la
santé, l'état de marche et le document n'en demandent pas.

Les autres verbes continuent à côté, sur le même dossier. Il n'écoute que cette machine, à moins que --listen ne dise autre chose ;
d'ailleurs on ne le joint que par TLS, le sien (--tls-cert, --tls-key) ou celui d'un relais devant lui (--behind-proxy).

Ce qu'une option ne dit pas, l'environnement peut le dire (REGISTRE_LISTEN pour --listen), et ce qu'il ne dit pas, un fichier :
registre.yaml dans le dossier des données, ou --config FICHIER, en lignes comme « listen: 127.0.0.1:8480 ». --show-config dit ce qui vient
d'où.`},
	"notices": {"092de581", `Les avis d'un groupement, dans l'ordre de son registre : le jour, le numéro de l'événement, et ce qui s'est passé. Avec --json, chacun est un
CloudEvent sur une ligne à lui. --findings dit aussi ce que trouvait le contrôle de chaque jour passé.

Sans groupement, ceux de tous, dans l'ordre où leurs événements furent enregistrés ; --behind reprend où l'on s'est arrêté : à l'instant, au
groupement et au numéro de son dernier avis.`},
	"subscription": {"e43e4c30", `Un abonnement fait apporter des avis à quelqu'un : décisions, avenants, membres, bons de commande, séances, rectifications, constats. Qu'il y
en ait un est un fait du registre de la maison ; où les avis sont apportés ne figure que dans contacts.json, d'où cela s'efface quand
l'abonnement prend fin. « registre serve » les apporte : chacun au moins une fois, ceux d'un groupement dans son ordre. De plusieurs serveurs
sur une grappe (--nats), les apporte celui dont le dossier (--data) tient l'adresse.`},
	"right grant": {"5fd8a8f1", `Un principal (registre people list) peut agir aux portes de la maison, dans un rôle : secretary (secrétaire), member-clerk (agent d'un
membre, avec --member), sitting-officer (secrétaire de séance, avec --sitting ou --body), auditor (contrôleur), subscriber (abonné), operator
(exploitant) ; ou chacun le peut, comme anonymous dans le rôle public. docs/serve.md a le tableau de ce que peut chacun. Cela compte à partir
de --effective, aujourd'hui sans cette option, et prend fin avant --until.`},
	"token": {"c988e868", `Un jeton dit pour un temps que qui le montre est un principal. Ce que peut le principal, le registre de la maison le dit (registre right
grant) ; --role et --group ne font que le restreindre. Ce qui est enregistré avec un jeton l'est sous le pseudonyme de son porteur. Il n'est
montré qu'une fois ; le dossier ne garde que de quoi le reconnaître.`},
	"login": {"dd5ca13d", `Un fournisseur d'identité (OpenID Connect) dit qui est quelqu'un, par un sujet. Relié à un pseudonyme, qui l'a agit sous ce pseudonyme ; ce
qu'il peut, le registre de la maison le dit (registre right grant). Qui se connecte et n'est relié à personne apprend que demander. Les liens
sont à côté du registre, jamais dedans : déliés, ou le nom effacé, ils ne sont plus, et la session est finie.`},
	"generate": {"b12a53ca", `Écrire des groupements qui commandent pendant dix années scolaires : accords-cadres, établissements, bons de commande jusqu'à 2 000 lignes,
modifications mensuelles, annulations, doubles comptes, effectifs inconnus, rectifications, une succession de membres, des faits enregistrés
tard. Tout est inventé, et marqué illustratif. La même --seed fait les mêmes commandes ; relancé après une interruption, il continue.

Les commandes vont leur chemin comme toutes les autres, chacune décidée et sur le disque. Avec --direct, elles sont décidées et écrites droit
dans le registre, des milliers par synchronisation : bien plus vite, pour un dossier qui n'a aucun de ces groupements ; ce qui est interrompu
se recommence dans un autre dossier.

  region   un groupement : 841 établissements, environ 11 000 lignes
  nation   1 000 groupements : 10 millions de lignes, dont une sur quarante dans le plus grand`},
	"repair": {"3965ef17", `Vérifier en entier les deux copies, et réparer ce qui est endommagé : les fichiers de l'archive par le flux, le flux par l'archive. Rien
n'est remplacé avant que ce qui le remplace se soit trouvé être ce qui fut signé. Un flux endommagé est refait à côté de l'ancien, qui est
gardé de côté comme jetstream.damaged-INSTANT ; une archive disparue est refaite d'après le flux, et son journal des têtes recommence alors
lui aussi. Chaque pas est dit, et noté dans journal.jsonl. Ce qui ne peut être réparé est laissé comme il est, et dit.`},
	"backup": {"135903da", `Copier l'archive, qui tient chaque événement, dans DOSSIER/archive, et les pièces dans DOSSIER/documents. Ni tuiles ni pièces ne changent
jamais : une sauvegarde dans le même dossier ne copie donc que ce qui est venu depuis ; les pièces effacées y sont effacées aussi. Elle est
faite une fois que tout en fut relu et vérifié. Le registre peut servir pendant ce temps. Ni la clé ni les noms des personnes ne sont copiés.
La sauvegarde d'un autre registre, ou d'une autre histoire, est refusée et laissée comme elle est. Elle finit par 4 si une pièce manque ou est
altérée, et que la sauvegarde n'en a pas une saine non plus.`},
	"restore": {"59452ccc", `Refaire le dossier des données d'une sauvegarde. La sauvegarde est d'abord vérifiée en entier ; puis ses événements sont écrits dans un
nouveau flux, tenu à l'arbre signé, et ses pièces remises, chacune tenue à son empreinte. Le dossier des données ne doit pas exister encore, ou
ne contenir que registre.yaml, qui y reste ; la clé se donne par --key : aucune sauvegarde ne la tient. Cela finit par 4 si une pièce manque
à la sauvegarde. Avec --nats, les événements vont à un serveur, ou une grappe, qui n'a pas encore de registres, et le dossier tient clé,
archive et pièces : ainsi les registres déménagent d'un dossier.`},
	"publish": {"38ed68a6", `Servir par HTTP les fichiers publics de l'archive : la clé publique, les points de contrôle et les tuiles, et rien d'autre. Ils sont seulement
lus, et le dossier peut servir pendant ce temps. Tout autre serveur de fichiers statiques fait de même (docs/operations.md). Ce qui est servi
est public : les événements y sont, entiers. Mettre devant un serveur qui parle TLS.`},
	"key show": {"4c3ceaf1", `La clé publique qui signe les registres, en clé de vérification C2SP (vkey) : la ligne qu'il faut à qui vérifie, à un témoin, à un
surveillant. Derrière elle, les clés qu'elle a remplacées, et jusqu'à quelle taille du journal des têtes chacune a signé : au-delà, elle n'est à
personne. Seuls les fichiers de l'archive sont lus : une sauvegarde ou une copie la dit donc aussi.`},
	"key rotate": {"43e5b0e6", `Faire une nouvelle clé, et signer avec elle dès maintenant. Le dernier point de contrôle de l'ancienne couvre un événement qui nomme la
nouvelle, et un reçu de cet événement est gardé dans l'archive : qui n'a que l'ancienne clé publique peut vérifier chaque pas jusqu'à la
dernière. Chaque point de contrôle publié est ensuite signé de nouveau, et l'ancienne clé privée n'est plus. Les reçus et points de contrôle
donnés avant restent bons.

Cela peut être interrompu n'importe où : la prochaine ouverture du dossier l'achève. Avec --key FICHIER, la nouvelle clé prend la place de ce
fichier. Ce qu'il faut dire à qui vérifie, à un témoin ou à un surveillant est imprimé. Si l'ancienne clé peut être en d'autres mains, le leur
dire aussitôt, par une autre voie : tant qu'ils ne savent pas, ils ne distinguent pas le voleur de la maison.`},
	"bench": {"653bc6b3", `Mesurer l'enregistrement, la relecture, les questions, l'ouverture et la taille, chacun à côté de sa limite dans le même passage. Tout est
écrit à côté des données, et ôté ensuite.

La partie size écrit une région et une nation, les relit et les interroge, puis un groupement de 10 000 lignes, de dix fois autant, et ainsi
de suite jusqu'à --lines. Avec 10 millions de lignes il y faut quelques minutes sur deux cœurs, 2,5 Go de mémoire et 3 Go de disque ; avec
--lines 100000, des secondes.`},
	"completion": {"58e85f10", `Le script qui complète les commandes de registre dans un interpréteur. L'aide sur chacun des verbes dit comment s'en servir.`},
	"completion bash": {"8390d405", `Le script qui complète les commandes dans bash ; il lui faut le paquet « bash-completion ».

Pour cette session seule :

	source <(registre completion bash)

Pour toutes les sessions à venir, une fois, sous Linux, puis sous macOS :

	registre completion bash > /etc/bash_completion.d/registre
	registre completion bash > $(brew --prefix)/etc/bash_completion.d/registre`},
	"completion zsh": {"53ae04ac", `Le script qui complète les commandes dans zsh. Si rien n'y est encore complété, d'abord, une fois :

	echo "autoload -U compinit; compinit" >> ~/.zshrc

Pour cette session seule :

	source <(registre completion zsh)

Pour toutes les sessions à venir, une fois, sous Linux, puis sous macOS :

	registre completion zsh > "${fpath[1]}/_registre"
	registre completion zsh > $(brew --prefix)/share/zsh/site-functions/_registre`},
	"completion fish": {"75ec0b87", `Le script qui complète les commandes dans fish.

Pour cette session seule :

	registre completion fish | source

Pour toutes les sessions à venir, une fois :

	registre completion fish > ~/.config/fish/completions/registre.fish`},
	"completion powershell": {"9d00e336", `Le script qui complète les commandes dans PowerShell.

Pour cette session seule :

	registre completion powershell | Out-String | Invoke-Expression

Pour toutes les sessions à venir, ajouter ce qu'il écrit à votre profil PowerShell.`},
}
