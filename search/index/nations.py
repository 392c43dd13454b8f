"""Countries by their adjectives, as headlines have either: an Italian deal is one in Italy.

Not those whose country is written in many ways: American.
"""

from __future__ import annotations

from typing import Final

_ADJECTIVES: Final = """
afghan afghanistan, albanian albania, algerian algeria, argentine argentina, argentinian argentina, armenian armenia,
australian australia, austrian austria, azerbaijani azerbaijan, bangladeshi bangladesh, belarusian belarus, belgian
belgium, bolivian bolivia, bosnian bosnia, brazilian brazil, british britain, bulgarian bulgaria, cambodian cambodia,
canadian canada, chilean chile, chinese china, colombian colombia, croatian croatia, cuban cuba, cypriot cyprus,
danish denmark, dutch netherlands, ecuadorian ecuador, egyptian egypt, estonian estonia, ethiopian ethiopia, european
europe, finnish finland, french france, georgian georgia, german germany, ghanaian ghana, greek greece, haitian haiti,
hungarian hungary, icelandic iceland, indian india, indonesian indonesia, iranian iran, iraqi iraq, irish ireland,
israeli israel, italian italy, jamaican jamaica, japanese japan, jordanian jordan, kazakh kazakhstan, kenyan kenya,
korean korea, kuwaiti kuwait, latvian latvia, lebanese lebanon, libyan libya, lithuanian lithuania, malaysian
malaysia, maltese malta, mexican mexico, moldovan moldova, mongolian mongolia, moroccan morocco, nepali nepal,
nigerian nigeria, norwegian norway, pakistani pakistan, palestinian palestine, peruvian peru, philippine philippines,
filipino philippines, polish poland, portuguese portugal, qatari qatar, romanian romania, russian russia, rwandan
rwanda, scottish scotland, senegalese senegal, serbian serbia, singaporean singapore, slovak slovakia, slovenian
slovenia, somali somalia, spanish spain, sudanese sudan, swedish sweden, swiss switzerland, syrian syria, taiwanese
taiwan, tanzanian tanzania, thai thailand, tunisian tunisia, turkish turkey, ugandan uganda, ukrainian ukraine,
venezuelan venezuela, vietnamese vietnam, welsh wales, yemeni yemen, zambian zambia, zimbabwean zimbabwe
"""
# Adjectives and countries in lower case.
COUNTRY: Final = dict(pair.split() for pair in " ".join(_ADJECTIVES.split()).split(", "))
COUNTRIES: Final = frozenset(COUNTRY.values())
