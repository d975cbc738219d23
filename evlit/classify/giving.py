"""Tells, for one product or cell named in a sentence, whether it was given, and to whom.

People: an act of giving must stand beside the product ("received exosomes", "exosome
injection"), in a sentence on this study's own people. A sentence on another, earlier or
coming study, on what might be, on animals or on cells in a dish tells of no giving to them.
Animals and cells: an effect counts too ("exosomes alleviate …"), unless the vesicles are
only made, released, carried or acted upon.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from evlit.classify.denied import is_denied, is_handled
from evlit.classify.species import live
from evlit.classify.subjects import people_hits
from evlit.classify.text import Hit, Text
from evlit.classify.told_givings import had_done, is_compared, is_dosed, made_then_given
from evlit.classify.weigh import zones

_ALIVE = 0.3
"""What an animal's name must weigh to be a live one."""
PRODUCT = ("vesicle", "medium", "other_preparation", "product_word")

_SHORT_FORM = re.compile(
    r"\w* \((?P<as>[A-Za-z][\w-]{1,14})\)|"
    r"\w*(?: [\w/-]+){1,8} \((?P<late>\w*(?:[Ee]xo|EV|ecretome)\w*)\)"
)
"""The short form behind a name, or behind what it holds: "exosomes carrying siRNA (iExo)"."""
_GAP = (
    r"(?:(?!after|before|during|following|than|versus|whereas|"
    r"and (?:\w+ly )?(?:measur|count|collect|assess|analy[sz]|isolat|determin|examin|quantif|stud|"
    r"compar)\w*|"
    r"(?:decreas|increas|reduc|lower|rais|chang|alter|affect|inhibit|suppress|elevat)\w*ed\b)"
    r"(?:\([^)]{1,40}\),?|[\w/+().,%×^'\"α-ω&:≥≤~=-]+) ){0,7}"
)
_SHARE = (
    r"(?:\d+|half|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|others?|rest|remainder)"
)
_ALLOTTED = (
    r"(?:randomi[sz](?:ed|ation)|assigned|allocated|allotted|divided|split)"
    r"(?: \(?\d+(?::\d+)+\)?| at random| randomly| in turn| consecutively| alternately| equally|"
    r" in blocks(?: of \w+)?| in (?:an? )?\(?\d+(?::\d+)+\)?(?: ratio)?|"
    r" by (?!the )[\w-]+(?: (?!to )[\w-]+){0,3}|"
    r" \(n ?= ?\d+\)){0,3}"
    rf"(?: (?:in)?to|[:,] (?:[^.;]{{0,60}}? )?{_SHARE} to)"
)
"""By chance or in turn, with the shares of the groups: "randomised (1:1) to"."""
_TAKEN = (
    r"gave|drank|took|chose|opted for|tried|accepted|"
    r"tolerated|prescribed|"
    r"(?:re)?started on|put on|switched to|maintained on"
)
"""Plain verbs of giving and getting."""
_GIVE_BEFORE = re.compile(
    r"\b(?=[a-z])(?:"
    + _TAKEN
    + r"|receiv(?:ed?|es|ing)|got|underwent|undergo(?:ing)?|administ(?:ered|ering|ration of)|"
    r"inject(?:ed|ing|ions? of|ions?)|"
    r"infus(?:ed|ions? of|ing)|treat(?:ed|ment|ments|ing) "
    r"(?:(?!and\b|or\b|but\b|after\b|before\b|were\b|was\b|had\b)[\w-]+ ){0,8}?(?:with|by|using)|"
    r"therapy (?:with|using)|application of|applied|applying|topical(?:ly)?|inhal\w+|nebuli[sz]\w+|"
    r"intra-?(?!cellular|luminal|operativ|vesicular|nuclear|cytoplasm|individual)[a-z]+|"
    r"subcutaneous\w*|instill\w+|" + _ALLOTTED + r"|doses? of|drops? of|"
    rf"treated(?: [\w-]+)?: (?:[^.;]{{0,40}}, )?{_SHARE} with|"
    r"dosed with|"
    r"(?:sponges?|scaffolds?|membranes?|patch(?:es)?|gauzes?|matri(?:x|ces)|dressings?|plugs?) "
    r"(?:carrying|containing|bearing|loaded with)|"
    r"drips? of|enemas? (?:with|of|containing)|plac(?:ed|ing)|"
    r"given(?! to)|giving|use of|using|(?:trans|im)plantation of|grafting of|"
    r"vaccinat\w+ (?:[\w-]+ ){0,6}?with|"
    r"supplemented with|supplementation with|administration of|(?:microneedling|laser|prp|"
    r"radiofrequency) (?:with|plus|and|combined with)|combined with|combination with|"
    r"(?:efficacy|safety|effectiveness|tolerability)(?: [\w-]+){0,3} of|effects? of|evaluat\w+|"
    r"trial of|"
    r"study of|"
    r"containing|incorporat\w+ with|incubat\w+ with|exposed to|co-?cultur\w+ with|"
    r"stimulated with|delivery of|"
    r"presence (?:or absence )?of|(?:adding|added|addition of)|"
    r"(?:mesotherapy|sessions?|courses?|vials?|syringes?) (?:with|of)|"
    r"(?:soaked|mixed|wetted|moistened|impregnated) (?:with|in)|"
    r"(?:sponges?|scaffolds?|dressings?|wounds?|sockets?|defects?|syringes?|tubes?|cavit(?:y|ies)|"
    r"pockets?|canals?|skin|tissues?|tendons?|knees?|joints?|area|edges?|margins?|scars?|scalp|"
    r"fascia|ligaments?|cuff|muscles?|gums?|gingiva) (?:[\w-]+ ){0,3}?"
    r"(?:filled|infiltrated) with(?! (?:[\w-]+ )?(?:fluid|pus|blood|mucus)\b)|"
    r"followed (?:[\w-]+ ){0,4}?by|"
    r"(?:milk|formula|food|drinks?|saline|solutions?|capsules?|serum) "
    r"(?:enriched|fortified|supplemented) with|"
    r"(?:sprayed|irrigated|dressed|bathed) with|"
    r"(?:sprays?|gels?|creams?|ointments?|lotions?|suppositories) (?:of|with|containing)|"
    r"(?:adverse (?:events?|effects?|reactions?)|complications?|reactions?|nodules|granulomas?|"
    r"necrosis|infections?|sepsis|bacter[\w]+) (?:after|following|due to|caused by)|"
    r"vaccination with|loaded with|transfer of|uptake of|transferred|"
    r"(?:performed|augmented|managed|healed) with)\s" + _GAP + r"$"
)
_ACT_BEFORE = re.compile(
    r"\b(?:gave|milk|formula|food|drink|saline|solution|capsule|serum|drank|took|chose|"
    r"opted|tried|accepted|tolerat|prescri|re?start|start|"
    r"put on|"
    r"switched|maintained|allotted|divided|split|followed|cavit|pocket|canal|skin|tissue|tendon|"
    r"knee|joint|area|edge|margin|scar|scalp|fascia|ligament|cuff|muscle|gum|gingiva|"
    r"wound|socket|defect|syringe|tube|receiv|got|underw|undergo|randomi|assigned|allocated|"
    r"administ|inject|infus|treat|therapy|appli|applying|"
    r"topical|inhal|nebuli|intra|efficacy|safety|effectiveness|tolerability|trial of|use of|"
    r"vaccinat|mesotherapy|session|course|vial|syringe|soaked|filled|mixed|infiltrated|adverse|"
    r"complication|reaction|nodules|granuloma|necrosis|infection|sepsis|bacter|drip|enema|plac|"
    r"sponge|scaffold|membrane|patch|gauze|matri|dressing|plug|"
    r"wetted|moistened|impregnated|spray|irrigated|dressed|bathed|gel|cream|"
    r"ointment|lotion|suppositor|"
    r"subcut|instill|dose|drop|given|giving|transplantation|implantation|grafting|supplement|"
    r"microneedling|laser|performed|augmented|"
    r"managed|healed)"
)
_DISH_BEFORE = re.compile(
    r"\b(?:incubat|incorporat|exposed|co-?cultur|stimulated|presence|add|uptake)"
)
"""Acts by which cells are given something."""
_LOOK_BEFORE = re.compile(r"\b(?:study of|evaluat)")
_GIVE_AFTER = re.compile(
    r"^[\s)-]*(?:\(n ?= ?\d|"
    r"(?:derived )?(?:of|from) (?:[\w-]+ ){1,6}?as (?:an? )?(?:[\w-]+ ){0,2}?(?:treatment|therap)|"
    r"(?:[\w/+-]+ )?"
    r"(?:derived|prepared|isolated|purified|concentrated|suspended|dissolved|loaded|carrying|"
    r"containing|conjugated|labell?ed|coated|enriched|encapsulating|expressing|from|of|in|by) "
    r"(?:(?!who|which|that|and|but|while|after|before|to|were|was)[\w/+%(),-]+ ){1,8}?(?:was|were) "
    r"(?:\w+ly |then |also )?(?:injected|administered|given|applied|infused|inhaled|instilled|"
    r"nebuli[sz]ed|sprayed|dripped)|"
    r"(?:\([^)]{1,25}\)\s*)?treated\b(?! with| by| using)|"
    r"(?:\([^)]{1,25}\)\s*)?(?:(?!of |from |in |after |before |during |with )[\w/+-]+[\s-]){0,2}?"
    r"(?:(?:immuno)?therap(?:y|ies)|treatments?|injections?|"
    r"infusions?|administration|inhalation|applications?|transplantation|supplementation|"
    r"(?:were|was|is|are) (?:then |also |subsequently |locally |topically |intravenously )?"
    r"(?:injected|(?:self-)?administered|given|applied|infused|inhaled|delivered|transplanted|"
    r"instilled|"
    r"nebuli[sz]ed|sprayed|dripped|grafted|rubbed (?:in|on)|added|used to treat|"
    r"used for (?=[^.;]{0,40}(?:treat|therap|heal|repair|regenerat|inject|infus|reliev|rejuven))|"
    r"used (?:in|on) (?:\d|all|(?:[\w-]+ ){1,2}(?:patients|women|men|people|eyes|children)))|"
    r""
    r"(?:put|placed|laid|dripped|dropped|poured|pricked|injected|infused|instilled|inserted|"
    r"sprayed|"
    r"spread) (?:in|on|over|under|around|trans\w+|through)|"
    r"serum\b|gel\b|solution\b|lotion\b|cream\b|spray\b|hydrogel|(?:eye ?)?drops?\b|"
    r"ointment|ampoules?|mesotherapy|enemas?|drips?\b|facials?\b|vaccin\w+|"
    r"as (?:an? )?(?:[\w-]+ ){0,2}?(?:treatment|therap|maintenance)(?!\w* (?:target|strateg))|"
    r"(?:to|for) (?:treat(?!ing patients)|promote|repair)|"
    r"(?:for|in) (?:the )?(?:treat(?!ing patients)|heal|management)|combined with|versus|plus\b|"
    r"can (?:\w+ )?(?:safely|effectively)|for (?:\w+ ){0,4}?(?:treatment|healing|therapy)|"
    r"group|arm\b|products?\b))"
)
_EFFECT_AFTER = re.compile(
    r"^[\s,-]*(?:\([^)]{1,30}\)\s*)?"
    r"(?:(?!gain|may\b|might\b|could\b|contain|carr)[\w/+().,α-ωΑ-Ω-]+ ){0,14}?"
    r"(?:ameliorat|attenuat|alleviat|improv|promot|"
    r"protect|reduc|suppress|inhibit|enhanc|rescu|restor|accelerat|facilitat|induc|prevent|revers|"
    r"mitigat|mediat|stimulat|activat|trigger|increas|decreas|abrogat|support|exacerbat|aggravat|"
    r"impair|modulat|regulat|transfer|deliver|contribut|exert|relie|repair|regenerat|drive|"
    r"alter|yield|convert|transform|prolong|lower|potentiat|confer|elicit|polari[sz]|up-?regulat|"
    r"down-?regulat|block|caus|boost|remodel|"
    r"reprogram|taken up|internali[sz]ed|endocyt|uptake)"
)
_CLOSE_BEFORE = re.compile(
    r"\b(?:injections?|infusions?|administration|applications?|instillation|drops|vaccination|"
    r"nebuli[sz]ation|inhalation) (?:of|with) (?:[\w.,%-]+ ){0,4}$"
)
_CLOSE_AFTER = re.compile(
    r"^\w*[\s-](?:eye ?)?(?:drops|injections?|infusions?|gel|cream|spray|serum|therapy|treatments?|"
    r"vaccine|mesotherapy|enemas?)\b"
)
"""Acts so close to a name that a fluid before it is its source ("injection of plasma exosomes")."""
_TRIED_IN = re.compile(
    r"\b(?:evaluated|tested|tried|studied|used) (?:[\w-]+ ){0,5}\|\w*(?: \([^)]{1,15}\))? in "
    r"(?:\d+|[a-z]+) (?:[\w-]+ ){0,3}"
    r"(?:patients|women|men|volunteers|adults|participants|subjects)\b"
)
_FOR_DISEASE = re.compile(
    r"^\w*(?: \([^)]{1,15}\))?(?: (?!via|reduc|improv|attenuat)[\w-]+){0,3}? "
    r"(?:for|in|against|versus|vs\.?|on|with) "
)
_BESIDE = re.compile(r"\b(?:and|on|measur\w+|levels|changes)\b")
"""Before a product in a title: something else is tried, and the vesicles are looked at."""
_MADE_AFTER = re.compile(
    r"^[\s-]*(?:\([^)]{1,25}\)[\s-]*)?(?:[\w-]+ )?"
    r"(?:mediated|secretion|secreting|release|releasing|"
    r"spread|biogenesis|packag|production|formation|shedding|sorting|trafficking|biosynthesis)"
)
"""Vesicles that the studied cells make, release or carry things by."""
_OBJECT_BEFORE = re.compile(
    r"\b(?:inhibit|block|reduc|suppress|regulat|facilitat|promot|increas|enhanc|driv|decreas|"
    r"impair|"
    r"target|protect|stimulat|trigger|induc|alter|chang|lower|prevent|abolish|deplet)\w*"
    r" (?:the )?(?:[\w-]+ ){0,3}$"
)
"""What something else does to vesicles."""
_MARKER_BEFORE = re.compile(
    r"\b(?:levels?|concentrations?|expression|content|numbers?|amounts?|profil\w+|plasma|serum|"
    r"circulating|urin\w+|blood|csf|cerebrospinal fluid|saliva\w*|isolat\w+|extract\w+|obtained|"
    r"purif\w+|measur\w+|quantif\w+|analy[sz]\w+|biomarkers?|changes? in|release of|"
    r"secretion of|proteins? in|mirnas? in|"
    r"(?:high|low|positive|negative)(?:er)?(?:,| and| or| versus| vs\.?) (?:high|low|positive|"
    r"negative)|"
    r"neuron-derived|neuronally[ -]derived)"
    r"\W+(?:[\w/+()-]+ ){0,4}$"
)
_MARKER_COMPOUND = re.compile(r"\b(?:plasma|serum|urin\w+|blood|csf|saliva\w*|neuron\w*)-$")
_MARKER_AFTER = re.compile(
    r"^[\s-]*(?:\([^)]{1,25}\)\s*)?"
    r"(?:levels?|concentrations?|biomarkers?|markers?|content|counts?|numbers?|"
    r"mi-?r\w*|micrornas?|rnas?|proteins?|proteom\w*|cargo|profiles?|release|secretion|biogenesis|"
    r"(?:[\w-]+ ){0,3}?(?:were|was) (?:isolated|measured|quantified|analy[sz]ed|extracted|purified|"
    r"collected|assessed|determined|higher|lower|increased|decreased|elevated|reduced)|"
    r"in (?:the )?(?:plasma|serum|blood|urine|csf|cerebrospinal)|"
    r"(?:rose|fell|dropped|declined|peaked)\b|"
    r"of (?:the |all |these |\d+ )?(?:[\w-]+ )?(?:patients|participants|women|men|subjects|"
    r"controls)\b|"
    r"from (?:the )?(?:plasma|serum|blood|urine|patients))"
)
_ADJECTIVE = re.compile(
    r"exosomal|vesicular|microvesicular|"
    r"(?:exosome|s?ev|vesicle|microvesicle|microparticle)s?-(?:related|associated|bound|borne|"
    r"linked)"
)

# ------------------------------------------------------------- whose giving a sentence tells

_STUDY = (
    r"(?:trials?|stud(?:y|ies)|reports?|work|investigations?|literature|research|publications?)"
)
_NOT_THIS_STUDY = re.compile(
    rf"\b(?:{_STUDY}\b[^.;]{{0,70}}\b(?:is|are) (?:\w+ )?(?:under ?way|ongoing|on-going|planned|"
    rf"recruiting|enrolling|awaited|expected|in progress)|"
    rf"(?:under ?way|(?<!this )(?<!our )(?:ongoing|on-going|planned|forthcoming|upcoming) "
    rf"(?:[\w-]+ ){{0,3}}{_STUDY})|"
    rf"(?:previous|prior|earlier|recent|another|separate|other|preceding|further|future|additional|"
    rf"several|many|various|numerous|published|larger|animal|pre-?clinical|experimental) "
    rf"(?:[\w-]+ ){{0,2}}{_STUDY}|"
    rf"et al\b|elsewhere|"
    r"(?:we|were|was|been|as) previously|previously (?:reported|shown|described|published|found)|"
    r"hypothes\w+|in the future|future)\b"
)
"""Another study, or a coming one: not what these people got."""
_NOT_DONE = re.compile(
    r"\b(?:was|were|been|and) (?:then |later |never |since )?"
    r"(?:abandoned|cancell?ed|called off|withheld)\b|"
    r"\b(?:was|were) never (?:given|opened|started|used|administered|treated)\b"
)
"""A giving that was meant and not done."""
_NOBODY_GOT = re.compile(
    r"\b(?:withdrawn|stopped|terminated|closed|halted|cancell?ed|suspended|abandoned|ended)\b"
    r"[^.;]{0,60}\bbefore (?:the |any |a )?(?:first )?"
    r"(?:patient|participant|volunteer|subject|person)s? "
    r"(?:was|were|had been|could be) (?:dosed|treated|given|infused|injected|randomi[sz]ed)\b|"
    r"\b(?:nobody|no (?:patient|participant|volunteer|subject|person|one)) "
    r"(?:was|were|had been|has been) (?:ever )?(?:dosed|treated)(?= ?[.;,])"
)
"""A study that says that it treated nobody."""
_KNOWN_OR_WANTED = re.compile(
    rf"\b(?:{_STUDY} (?:has|have) |"
    r"(?:has|have) (?:\w+ )?(?:been|shown|demonstrated|reported|suggested|emerged|become|gained)|"
    r"(?:is|are) (?:\w+ )?(?:needed|warranted|required|lacking|necessary|unknown|unclear|"
    r"being (?:tested|studied|tried|investigated|evaluated)))\b"
)
"""What is known or wanted, unless the authors speak of themselves."""
_WISH = re.compile(
    r"\b(?:may|might|could|can|should|would)(?: also| thus| therefore| \w+ly)? "
    r"(?:be(?! (?:reached|followed|analy[sz]ed|contacted|traced|interviewed|assessed|evaluated|"
    r"better|included|examined|retrieved|located|discharged|weaned|extubated|matched))|become|"
    r"offer|provide|represent|help|serve|improve|reduce|prove|test|fare|"
    r"have(?! [^.;]{0,30}\bagain)|benefit)\b"
)
_WILL = re.compile(r"\b(?:will|would(?! [^.;]{0,40}\bagain\b)|plan to|(?:is|are) planned)\b")
_OWN_WORDS = re.compile(r"\b(?:we|our|this (?:study|trial|case|series|patient)|the present)\b")
_DISH = re.compile(
    r"\bin vitro\b(?! fertili[sz])|\bincubat\w+|\bco-?cultur\w+|"
    r"\b(?:cells|lines|macrophages|fibroblasts|chondrocytes|keratinocytes|neurons|monocytes|"
    r"lymphocytes|cardiomyocytes|hepatocytes|explants|cultures|huvecs?|organoids|mscs|pbmcs) "
    r"(?:\([^)]{1,20}\) )?(?:with |of )?(?:(?:were|was|are) )?(?:\w+ )?"
    r"(?:treated|exposed|stimulated|cultured with|supplemented|received)\b|"
    r"\b(?:treatment|stimulation) of (?:[\w-]+ ){0,3}(?:cells|\w+cytes|\w+blasts|neurons|mscs)\b|"
    r"\b(?:fibroblasts|\w+cytes|neurons|explants|pbmcs|biopsies) were (?:(?!patients|participants|"
    r"volunteers were|subjects were)[^.;]){0,110}\b(?:treated|exposed|incubated|stimulated)\b"
)
_ON_MATERIAL = re.compile(
    r"\b(?:explants?|semen|sperm|spermatozoa|oocytes?|embryos?|blastocysts?|biopsies|specimens?|"
    r"samples?|slices|islets|lipoaspirates?|discs|\w+cytes|cells|teeth|roots|follicular fluid) "
    r"(?:of|from) (?:[\w-]+ ){1,6}(?:was|were) (?:[\w-]+ ){0,2}"
    r"(?:treated|exposed|incubated|cultured|stimulated|matured|frozen|thawed|supplemented)\b"
)
_OF_DISHES = (
    "cells", "cultur", "in vitro", "incubat", "cytes", "blasts", "neurons", "lines", "phages",
    "explants", "mscs", "biopsies", "organoid", "pbmcs", "huvec",
)  # fmt: skip
"""Words of which a sentence on cells holds one, the usual first."""
_OF_BODIES = (
    "explant", "semen", "sperm", "oocyte", "embryo", "blastocyst", "biops", "specimen", "sample",
    "slices", "islets", "lipoaspirate", "discs", "cytes", "cells", "teeth", "roots", "follicular",
)  # fmt: skip
"""The same of a sentence on what people gave."""
_RECEIVER = re.compile(
    r"\b(?:he|she|each (?:eye|knee|side|face|participant|subject)|"
    r"both (?:eyes|knees|hands|sides))\b|"
    r"\bthey (?:were|received|had)\b|\b(?:group|arm) \(n ?=|\bhalf of the face\b"
)
_ANIMALS = re.compile(
    r"\b(?:animals?|rodents?|pre-?clinical|xenograft\w*|murine|in vivo models?)\b"
)
_CLAUSE = re.compile(
    r";|, (?:whereas|while|but)\b| whereas | while |"
    r", which (?:may|might|could|can|should|would)\b"
)


def product_hits(text: Text) -> list[Hit]:
    """Return the products named, in order; of overlapping names the longest."""
    known: list[Hit] | None = text.memo.get("product_hits")
    if known is None:
        named = apart(text, PRODUCT)
        known = text.memo["product_hits"] = sorted(
            [*named, *_abbreviated(text, named)], key=lambda h: h.start
        )
    return known


def _abbreviated(text: Text, named: list[Hit]) -> list[Hit]:
    """Return where a product stands by the short form that its text gives it: "(pEV)"."""
    found: dict[int, Hit] = {}
    for hit in named:
        match = _SHORT_FORM.match(text.plain, hit.end)
        short = match and (match["as"] or match["late"])
        if match is None or not short or short.islower():
            continue
        at = match.end()
        while (at := text.plain.find(short, at)) >= 0:
            end = at + len(short)
            around_it = text.plain[at - 1 : at] + text.plain[end : end + 1]
            if not any(c.isalnum() or c in "-_" for c in around_it):
                sentence = bisect_right(text.starts, at) - 1
                found[at] = Hit(hit.cue, at, end, sentence)
            at = end
    for hit in named:
        found.pop(hit.start, None)
    return list(found.values())


def apart(text: Text, kinds: tuple[str, ...]) -> list[Hit]:
    """Return the hits of some classes in order; of overlapping ones the first and longest."""
    found = [hit for kind in kinds for hit in text.hits.get(kind, ())]
    found.sort(key=lambda h: (h.start, -h.end))
    kept: list[Hit] = []
    for hit in found:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def is_measured(text: Text) -> bool:
    """Return whether the title or own work measures vesicles, of a fluid or by their number."""
    zone_of = zones(text)
    return any(
        zone_of[hit.sentence] in ("own", "title") and _is_marker(*around(text, hit))
        for hit in product_hits(text)
    )


def weight_for_people(text: Text, hit: Hit) -> float:
    """Return 0..1: how surely this study's people got the product named here."""
    known: dict[int, float] | None = text.memo.get("weight_for_people")
    if known is None:
        known = text.memo["weight_for_people"] = {}
    if hit.start not in known:
        known[hit.start] = _weight_for_people(text, hit)
    return known[hit.start]


def _weight_for_people(text: Text, hit: Hit) -> float:
    if not reaches_people(text, hit):
        return 0.0
    before, after = around(text, hit)
    if _gives_nobody(text, hit, before, after):
        return 0.0
    marker = _is_marker(before, after) and not (
        _CLOSE_BEFORE.search(before) or _CLOSE_AFTER.match(after)
    )
    give = _GIVE_BEFORE.search(before)
    told = (give and _ACT_BEFORE.match(give.group())) or _GIVE_AFTER.match(after)
    if told and not marker:
        return 1.0
    if had_done(before, after) or made_then_given(text, hit):
        return 1.0
    return (0.3 if told else 0.0) if marker else _untold(text, hit, before, after, act=bool(give))


def _untold(text: Text, hit: Hit, before: str, after: str, *, act: bool) -> float:
    """Return what speaks for a giving where no words of giving stand beside the product."""
    if is_compared(before, after) or is_dosed(after):
        return 1.0
    if _TRIED_IN.search(before + "|" + after) or _titled_trial(text, hit, after):
        return 0.8
    return 0.4 if act or (not text.record.sections and hit.sentence == 0) else 0.0


def _gives_nobody(text: Text, hit: Hit, before: str, after: str) -> bool:
    """Return whether a name is an adjective, handled in a laboratory, or its giving denied."""
    if _ADJECTIVE.match(text.folded, hit.start) or is_handled(after, _words(text, hit)):
        return True
    start, end = _clause(text, hit)
    return is_denied(before, after, text.folded[start:end])


def _words(text: Text, hit: Hit) -> str:
    start, end = text.sentences[hit.sentence][:2]
    return text.folded[start:end]


def _titled_trial(text: Text, hit: Hit, after: str) -> bool:
    """Return whether the title calls the record a trial of the product named in it."""
    if hit.sentence > 0 or not _FOR_DISEASE.match(after):
        return False
    if _BESIDE.search(text.folded, 0, hit.start):
        return False
    own = any(h.sentence == 0 for h in text.get("trial")) or text.has("human_title")
    return own and not text.has("trial_to_come")


def weight_for_others(text: Text, hit: Hit) -> tuple[float, bool]:
    """Return 0..1 for animals and cells, and whether a giving is told (not an effect alone)."""
    before, after = around(text, hit)
    weight, told = _weight_for_others(text, hit, before, after)
    if weight and is_handled(after, _words(text, hit)):
        return 0.0, False
    return weight, told


def _weight_for_others(text: Text, hit: Hit, before: str, after: str) -> tuple[float, bool]:
    made = _MADE_AFTER.match(after)
    if (not made and _GIVE_AFTER.match(after)) or made_then_given(text, hit):
        return 1.0, True
    give = _GIVE_BEFORE.search(before)
    act = give is not None and _ACT_BEFORE.match(give.group()) is not None
    if made and not act:
        return 0.0, False
    marker = _is_marker(before, after)
    if act or (give and _DISH_BEFORE.match(give.group())):
        return (0.3 if marker else 1.0 if act else 0.9), True
    effect = (0.2 if marker else 0.7) if _EFFECT_AFTER.match(after) else 0.0
    if give:
        told = not _LOOK_BEFORE.match(give.group())
        return effect or 0.5 * told * (not marker), told
    return (0.0 if _OBJECT_BEFORE.search(before) else effect), False


def act_beside(before: str, after: str) -> bool:
    """Return whether an act of giving stands beside a name."""
    give = _GIVE_BEFORE.search(before)
    return bool((give and _ACT_BEFORE.match(give.group())) or _GIVE_AFTER.match(after))


def _is_marker(before: str, after: str) -> bool:
    return bool(
        _MARKER_BEFORE.search(before)
        or _MARKER_COMPOUND.search(before)
        or _MARKER_AFTER.match(after)
    )


def around(text: Text, hit: Hit) -> tuple[str, str]:
    """Return up to 110 letters of the sentence before and after a name.

    A name begins where its compound begins ("hUC-MSC-Exos") unless that names a body fluid
    ("serum-exosomes"), and ends where the word ends ("exosom*").
    """
    folded, sentence = text.folded, text.sentences[hit.sentence]
    first, end = sentence.start, sentence.end
    start, stop = hit.start, hit.end
    if start > first and folded[start - 1] in "-/":
        start = _compound(folded, first, start)
    while stop < end and folded[stop].isalnum():
        stop += 1
    return folded[max(first, start - 110) : start], folded[stop : min(end, stop + 110)]


def _compound(folded: str, first: int, start: int) -> int:
    at = folded.rfind(" ", first, start) + 1 or first
    at = max(at, first, folded.rfind("(", first, start) + 1)
    return start if _MARKER_COMPOUND.search(folded, at, start) else at


# -------------------------------------------------------------------- the sentence's people


def is_essay(text: Text) -> bool:
    """Return whether the title looks back on a field, and no work of the authors' own is told."""
    if not text.in_title("essay_title"):
        return False
    return _OWN_WORDS.search(text.folded, text.sentences[0].end) is None


def nobody_treated(text: Text) -> bool:
    """Return whether the record says that nobody was treated."""
    folded = text.folded
    if not any(word in folded for word in ("nobody ", "no one ", " no ", "before ")):
        return False
    return _NOBODY_GOT.search(folded) is not None


def reaches_people(text: Text, hit: Hit) -> bool:
    """Return whether a giving told here would be one to this study's people."""
    known: dict[int, bool] | None = text.memo.get("reaches_people")
    if known is None:
        known = text.memo["reaches_people"] = {}
    start, end = _clause(text, hit)
    if start not in known:
        known[start] = _reaches(text, hit.sentence, start, end)
    return known[start]


def _reaches(text: Text, sentence: int, start: int, end: int) -> bool:
    folded = text.folded
    if any(p.search(folded, start, end) for p in (_NOT_THIS_STUDY, _NOT_DONE, _ANIMALS)):
        return False
    if _is_in_dish(folded, start, end) or _is_on_material(folded, start, end):
        return False
    own = _OWN_WORDS.search(folded, start, end)
    if not own and _KNOWN_OR_WANTED.search(folded, start, end):
        return False
    if sentence and _is_wish(text, start, end, own=bool(own)):
        return False
    alive, people = _animals_at(text), _people_at(text)
    if _any_within(alive, start, end):
        return False
    here = sentence == 0 or _any_within(people, start, end)
    return here or _last_before(people, start) >= _last_before(alive, start)


def _is_wish(text: Text, start: int, end: int, *, own: bool) -> bool:
    if not own and _WISH.search(text.folded, start, end):
        return True
    return _WILL.search(text.folded, start, end) is not None and not _is_plan(text)


def _animals_at(text: Text) -> list[int]:
    known: list[int] | None = text.memo.get("animals_at")
    if known is None:
        known = sorted(one.hit.start for one in live(text) if one.weight >= _ALIVE)
        text.memo["animals_at"] = known
    return known


def in_a_dish(text: Text, hit: Hit) -> bool:
    """Return whether a sentence tells what was done to cells, not to people."""
    return _is_in_dish(text.folded, *text.sentences[hit.sentence][:2])


def tried_in_a_dish(text: Text) -> bool:
    """Return whether the authors' own work puts a product on cells or tissue."""
    hits = product_hits(text)
    if not hits:
        return False
    zone_of = zones(text)
    places = {h.sentence for h in hits if zone_of[h.sentence] in ("own", "body")}
    return any(
        _is_in_dish(text.folded, *span) or _is_on_material(text.folded, *span)
        for span in (text.sentences[n][:2] for n in places)
    )


def _is_in_dish(folded: str, start: int, end: int) -> bool:
    if not any(folded.find(word, start, end) >= 0 for word in _OF_DISHES):
        return False
    return _DISH.search(folded, start, end) is not None


def _is_on_material(folded: str, start: int, end: int) -> bool:
    """Return whether a product is put on what people gave: "semen of 30 men was treated"."""
    if not any(folded.find(word, start, end) >= 0 for word in _OF_BODIES):
        return False
    return _ON_MATERIAL.search(folded, start, end) is not None


def _is_plan(text: Text) -> bool:
    return text.has("protocol_future") or text.in_title("protocol_title") is not None


def _clause(text: Text, hit: Hit) -> tuple[int, int]:
    """Return the part of the sentence between semicolons, "while" and "whereas"."""
    start, end = text.sentences[hit.sentence].start, text.sentences[hit.sentence].end
    for cut in _CLAUSE.finditer(text.folded, start, end):
        if cut.end() <= hit.start:
            start = cut.end()
        else:
            end = cut.start()
            break
    return start, end


def _people_at(text: Text) -> list[int]:
    known: list[int] | None = text.memo.get("people_at")
    if known is None:
        title_end = text.sentences[0].end
        named = [*people_hits(text), *text.get("case_report")]
        known = [h.start for h in named if h.start >= title_end]
        known.sort()
        text.memo["people_at"] = known
    return known


def _any_within(at: list[int], start: int, end: int) -> bool:
    first = bisect_left(at, start)
    return first < len(at) and at[first] < end


def _last_before(at: list[int], start: int) -> int:
    first = bisect_left(at, start)
    return at[first - 1] if first else -1


def given_to_people(text: Text) -> float:
    """Weigh sentences on the authors' own work in which people are given a product."""
    known = text.memo.get("given_to_people")
    if known is None:
        known = text.memo["given_to_people"] = _given_to_people(text)
    return float(known)


def _given_to_people(text: Text) -> float:
    hits = product_hits(text)
    if not hits or is_essay(text):
        return 0.0
    zone_of = zones(text)
    people = {h.sentence for h in people_hits(text) if h.cue.literal != "controls"}
    if text.has("human_title") or text.has("human_condition_title"):
        people.add(0)
    return sum(
        weight_for_people(text, hit)
        for hit in hits
        if zone_of[hit.sentence] in ("own", "body", "title")
        and (hit.sentence in people or _names_receiver(text, hit.sentence))
    )


def _names_receiver(text: Text, sentence: int) -> bool:
    """Return whether people stand in a sentence by other words than a noun."""
    found = _RECEIVER.search(text.folded, *text.sentences[sentence][:2])
    return sentence > 0 and found is not None
