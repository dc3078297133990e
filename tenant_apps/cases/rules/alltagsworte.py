"""Everyday words that are one slip away from a name, and are none: "Haus" is not a misspelt Hans.

Only what begins with a capital is taken for a misspelt name, so these are nouns, and what begins sentences.
"""

from __future__ import annotations

_NOMEN = """
abend abende absprache alltag alter alters amt anfang angabe angebot angst ansprache antrag anzeige arbeit arm art
arzt auge augen auskunft ausland auto baby bad bahn ball bande bank bedarf bein belastung beleg bereich berg beruf
besuch bett bild bitte boden brand brief brot bruder brust bube buch büro bus dach dame dank daten dauer decke dienst
dorf druck ecke ehe eile eltern ende enge enkel essen fach fahrt fall feld fest feuer film finger firma folge form
frage frau freizeit freund freunde frist fuß gang garten gast gefahr geld gericht geruch gewalt grad grenze grund
gruppe gut haar halt hand handy haus hause haut heim heime heft herbst herr herz hilfe hilfen hin hobby hof hund hunde
idee jahr jahre jahren jugend junge jungen kampf karte katze kette kind kinde kinder kindern kindes kita klage klasse
klima klinik kohle komma koch kontakt kopf kosten kraft krank kreis krise küche kunst kurs lage lager land lärm
leben leid lehre lehrer leine leiter leute licht liebe linie liste lob luft lust macht mädchen mal mama mann mappe
mark markt masse mauer mehr meinung mensch miete milch mitte moment monat monate morgen mund musik mut mutter nacht
nachts nahe name natur neffe nest netz nichte norden not note obst ofen ohr oma onkel opa ordnung ort osten panik papa
papier park partei paten pause pferd pferde pflege phase plan platz post praxis preis probe puls punkt rad rahmen rand
rast rat raum recht rede regel region reihe reise rest rolle ruf ruhe rund sache schlaf schritt schule schulen schutz
see seele seite seiten sinn sitz sohn sommer sonne sorge spiel sport sprache stadt stand start stelle stille straße
streit strom stück stufe stunde stunden sucht süden tag tage tagen tante tat team teil termin test text therapie
tier tiere tisch tochter tod ton trauer treue tür turnen uhr umgang unfall unruhe urlaub vater verein vorrang wache
wahl wald wand ware wasser weg welt werk wert westen wetter wiese wille wind winter woche wochen wohl wort worte
wunsch wut zahl zahn zeit zeiten ziel ziele zimmer zorn zug zukunft zwang
"""
_SATZANFANG = """
aber ab alle allem allen aller alles als also am an andere anders auch auf aus außer bald bei beide beim bereits
besonders bis bisher da dabei dafür daher damit danach dann daran das dass davon dazu dem den denn der deren derzeit
des deshalb dessen die dies diese diesem diesen dieser dieses dort drei durch eher eigene ein eine einem einen einer
eines einige er erst erste ersten es etwa etwas falls fast für ganz gar geht gerade gern gerne gibt gilt gut hat
hatte heute hier hin ihm ihn ihr ihre ihrem ihren ihrer im immer in ist ja jede jeder jetzt kann kaum kein keine
keinen klein kleine kleinen kommt kurz lang lange laut leider leicht letzte man manche mehr mein meist meine mit mitte
muss nach nah neben nein neu neue neuen nicht nichts nie noch nun nur ob oder offen oft ohne pro rund schnell schon
sehr seit sein seine seinem seinen seiner selbst sich sicher sie sind so sobald soll solle sollte somit sonst sowie
statt stets trotz über um und uns unter viel viele vier vom von vor wann war waren warum was weder wegen weil weit
weiter welche wem wen wenig wenn wer werden wichtig wie wieder will wir wird wo wohnt wurde zu zuletzt zum zur zwar
zwei zwischen
"""
_ZEITEN = """
januar februar märz april mai juni juli august september oktober november dezember montag dienstag mittwoch
donnerstag freitag samstag sonntag ostern pfingsten
"""
#: As names are compared: ae, oe, ue, ss.
_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
ALLTAGSWORTE = frozenset(f"{_NOMEN} {_SATZANFANG} {_ZEITEN}".translate(_UMLAUTE).split())
