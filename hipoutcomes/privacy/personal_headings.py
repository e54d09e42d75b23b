"""Headings, in English and French, of columns that say who somebody is."""

import functools
import re

from hipoutcomes.vocabulary.fields import fold

#: Kind of personal thing -> phrases that say it anywhere in a heading, as whole words.
_ANYWHERE = {
    "email": "email|e mail|courriel|adresse electronique",
    "phone": "phone|telephone|tel|telephone no|cell no|cell phone|cellphone|mobile no|mobile phone|"
    "cellulaire|portable|fax|whatsapp",
    "birth date": "birth date|birthdate|date of birth|dob|birthday|birth day|date de naissance|"
    "naissance|d o b|ddn",
    "address": "address|adresse|street|rue|apt no|suite no|address line",
    "postcode": "postcode|post code|postal code|postalcode|zip|zip code|zipcode|code postal",
    "health number": "health number|health no|health card|healthcard|personal health number|phn|"
    "hcn|ohip|ramq|ahcip|medicare|medicaid|nhs number|nhs no|assurance maladie|carte soleil|nam|"
    "ihi|member id|policy number|policy no|insurance number|insurance no|no assurance",
    "national number": "ssn|social security|social insurance|sin no|sin number|"
    "assurance sociale|nas|passport|passeport|driver s licence|drivers licence|driver licence|"
    "drivers license|driver license|permis de conduire|licence plate|license plate",
    "ip address": "ip address|ipaddress|adresse ip",
    "location": "latitude|longitude|gps|locationlatitude|locationlongitude",
    "notes": "notes|note|note text|notes text|comment|comments|remarks|remark|remarque|remarques|"
    "commentaire|commentaires|soap|chart note|narrative|free text|cancelled reason|"
    "cancellation reason|memo",
    "insurance": "insurer|insurance|insurance state|assurance|payer|assureur|claim no|claim number",
    "name": "first name|last name|forename|surname|given name|given names|family name|full name|"
    "preferred name|middle name|maiden name|client name|patient name|prenom|nom de famille|"
    "nom complet|nom du client|nom du patient|nom de la patiente|nom de la cliente|next of kin|"
    "emergency contact|contact name|legal name|guardian|tuteur|personne ressource|"
    "recipientfirstname|recipientlastname|custom name",
    "signature": "signature|initials of client|photo|photograph|selfie",
    "web address": "facebook|instagram|linkedin|social media|website",
    "employer": "employer|employeur|occupation|profession|workplace",
}
#: The same, where the phrase is the whole heading: inside others these words mean other things.
_WHOLE = {
    "name": "name|names|nom|noms|client names|patient names",
    "phone": "cell|mobile|contact",
    "address": "city|town|ville|province|county|village|residence|neighbourhood|neighborhood|"
    "state province",
    "national number": "sin|nas|s i n|s s n",
    "email": "mail|recipientemail",
    "ip address": "ip",
    "notes": "details|text|description|observation|observations|charting",
}


def _table(phrases: dict[str, str]) -> dict[str, str]:
    """Phrase -> kind."""
    return {text: kind for kind, listed in phrases.items() for text in listed.split("|")}


_ALONE = _table(_WHOLE)
_INSIDE = _table(_ANYWHERE)
#: "Pain by phone" says how a score was asked for.
_WAY_OF_ASKING = re.compile(r"\b(?:by|over the) (?:phone|telephone|e ?mail|text)\b")
_PATTERN = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _INSIDE), key=len, reverse=True)) + r")\b"
)


@functools.cache
def kind_of_heading(heading: str) -> str:
    """What personal thing a heading announces; empty where it announces none.

    Examples
    --------
    >>> kind_of_heading("Client e-mail"), kind_of_heading("Date de naissance")
    ('email', 'birth date')
    >>> kind_of_heading("Pain by phone"), kind_of_heading("Nom")
    ('', 'name')
    >>> kind_of_heading("treatment_name"), kind_of_heading("IP Address")
    ('', 'ip address')
    """
    folded = _WAY_OF_ASKING.sub("", fold(heading))
    if folded in _ALONE:
        return _ALONE[folded]
    kinds = [_INSIDE[found] for found in _PATTERN.findall(folded)]
    return "ip address" if "ip address" in kinds else (kinds[0] if kinds else "")
