"""Patterns by which the axis ``safety`` reads a sentence: denials, comparisons, events."""

from __future__ import annotations

import re

_EVENT = (
    r"(?:adverse(?:[ -][\w/-]+){0,2}?[ -](?:events?|effects?|reactions?|experiences?"
    r"|sequelae|responses?)"
    r"|adverse(?: drug)? reactions?|systemic reactions?|(?:injection|infusion)[ -](?:site "
    r"|related )?reactions?|s?aes?|t[er]aes?|adrs?|side[ -]effects?|(?:untoward"
    r"|undesirable|unwanted|undesired|ill|harmful)[ -]"
    r"(?:events?|effects?|reactions?|incidents?|occurrences?)"
    r"|untoward(?<=nothing untoward)|harmful(?<=nothing harmful)|adverse(?<=nothing adverse)"
    r"|harm(?<=no harm)(?= (?:was|came))|toxicit(?:y|ies)|toxic effects?"
    r"|safety (?:concerns?|issues?|signals?|problems?|events?)|complications?"
    r"|(?:infusion|injection|treatment|safety|procedure|administration)[ -]"
    r"(?:associated|related|emergent) events?"
    r"|(?:pre-?defined|pre-?specified|grade \d(?:-\d| or (?:higher|above|worse))?) events?"
    r"|intolerance)(?![\w-]*\w)"
)
_HAPPEN = (
    r"(?:observed|reported|seen|noted|recorded|detected|found|identified|encountered|experienced"
    r"|documented|occurred?|registered|evident|apparent|present|described|noticed|mentioned|recogni[sz]ed|happened)"
)
_SEEN = (
    r"(?:observed|seen|noted|detected|found|identified|encountered|experienced|occurred?|evident"
    r"|apparent|present|noticed|recogni[sz]ed|happened?)"
)
"""What denies an event after "not"; events "not recorded" or "not reported" may have happened."""
_PERSON = (
    r"(?:patients?|participants?|subjects?|animals?|rats?|mice|mouse|rabbits?|dogs?|horses?|cases?"
    r"|persons?|people|individuals?|volunteers?|women|men|children|infants?"
    r"|recipients?|one|of them)"
)
_QUALIFIER = r"(?P<q>(?:[\w/≥>=,-]+ (?!but |however |although )){0,9}?)"

EVENT = re.compile(_EVENT)
"""An event by its name: without one a sentence denies none."""

NONE = tuple(
    re.compile(
        p.replace("EVENT", _EVENT)
        .replace("HAPPEN", _HAPPEN)
        .replace("SEEN", _SEEN)
        .replace("PERSON", _PERSON)
        .replace("QUALIFIER", _QUALIFIER)
    )
    for p in (
        r"(?<![\w-])(?:no|without|free (?:of|from)|absence of|lack of|lacked|zero|nil|nothing"
        r"|0|devoid of|nor|free)"
        r"(?: any)? QUALIFIER(?P<e>EVENT)(?P<tail>[^.;]{0,60})",
        r"\b(?:no|none|neither|nobody)(?: of)?(?: the| our| these| those)?(?: [\w-]+){0,3}? ?PERSON"
        r"(?: [\w-]+){0,3} (?:experienc\w+|had|develop\w+|suffer\w+|report\w+|show\w+"
        r"|exhibit\w+|display\w+|complain\w+ of)"
        r"(?: from)?(?: any)? QUALIFIER(?P<e>EVENT)(?P<tail>[^.;]{0,60})",
        r"(?:\bnot|\bnever|n't)(?: \w+)? "
        r"(?:suffer\w*(?: from)?|complain\w*(?: of)?|caus\w+|induc\w+|produc\w+|result\w* in"
        r"|lead to|associated with|observ\w+"
        r"|experienc\w+|report\w*|show\w*|detect\w*|develop\w*|reveal\w*|find|found"
        r"|have|had|elicit\w*|trigger\w*"
        r"|encounter\w*|identif\w+|note\w*|see|seen|exhibit\w*|display\w*|raise\w*"
        r"|present)(?: any)?"
        r" QUALIFIER(?P<e>EVENT)(?P<tail>[^.;]{0,60})",
        r"(?P<q>(?:[\w/-]+ ){0,3})(?P<e>EVENT)(?P<tail>[^.;]{0,60}?)\b(?:was|were"
        r"|have been|has been|had been|did|could)?"
        r" ?(?:not|never)(?: \w+)? (?:SEEN|occur)\b",
        r"(?P<q>(?:serious|severe|fatal|lethal|major|life-threatening)[\w ,-]{0,20})(?P<e>EVENT)"
        r"(?P<tail>)(?: was| were| have been) not reported\b",
        r"(?P<q>(?:[\w/-]+ ){0,3})(?P<e>EVENT)(?P<tail>)(?:: | was | were )(?:none|nil"
        r"|absent|zero|0\b)",
        r"(?P<q>)(?P<tail>)\bsafety[^.;]{0,40}\bwithout (?P<e>EVENT)",
    )
)
NEEDS = tuple(
    re.compile(p)
    for p in (
        "no|without|free|absence|lack|zero|nil|0|devoid",
        "no|neither",
        "not|never|n't",
        "not|never",
        " not reported",
        "(?:: | was | were )(?:none|nil|absent|zero|0)",
        "safety",
    )
)
"""For each of :data:`NONE` what a sentence must hold; told in a hundredth of the time."""
DENIES = re.compile(
    r"\b(?:no|none|not|nor|never|neither|nobody|nothing|nil|zero|0|without|free|absen\w+|lack\w*"
    r"|devoid)\b"
    r"|n't\b"
)
"""A word without which none of the denials holds: most sentences need no further look."""
NO_REPORT = re.compile(
    r"\b(?:data|information|details?|mention|records?|assessments?|evaluations?|monitoring"
    r"|systematic\w*|statements?|associations?|correlations?|relation\w*|links?|predict\w*"
    r"|many of|most of|some of)\b"
)
"""Between "no" and the event: nothing is known of events, not that there were none."""
UNTOLD = re.compile(
    r"\b(?:authors?|stud(?:y|ies)|trials?|articles?|papers?|we|reports?|publications?|series)"
    r" (?:[\w-]+ ){0,2}?(?:did|do|does|have|had|has)? ?$"
)
REPORTING = re.compile(r"(?:not|never|n't)(?: \w+)? (?:report|note|mention)")
NOT_WITHOUT = re.compile(r"\bnot (?:\w+ )?(?:without|free (?:of|from)|devoid of)\b")
"""A denial of a denial: there were some."""
NOR_EITHER = re.compile(r"\b(?:differ\w*|affect\w*|influenc\w*|impact\w*|chang\w*|effect on)\b")
"""Before "nor": what follows was compared, not denied."""
COMPARED = re.compile(
    r"(?<!or )(?<!and )\b(?:differen\w*|increas\w*|excess|more|higher"
    r"|greater|rise|elevat\w*|worse\w*"
    r"|imbalance|additional|larger)\b"
)
"""Between "no" and the event: rates are compared, and there were some."""
NOT_CHANGED = re.compile(
    r"EVENT[^.;]{0,60}\b(?:not|no) (?:\w+ )?(?:higher|lower|different|differ|increased|more|less"
    r"|worse|greater|elevated|affected|reduced|fewer)\b|\b(?:not|never|n't) (?:\w+ )?(?:increase"
    r"|affect|alter|change|worsen|elevate|reduce|add to|influence)d?"
    r" (?:[\w-]+ ){0,6}?EVENT".replace("EVENT", _EVENT)
)
SERIOUS = re.compile(
    r"\b(?:serious|lethal|fatal|severe|major|significant|important|relevant"
    r"|life-threatening|grade|dose-limiting|unexpected"
    r"|obvious|apparent|notable|overt|marked|substantial|saes?|critical|considerable"
    r"|remarkable|long-term|lasting"
    r"|permanent|immediate|acute|systemic|local|ocular|perioperative|intraoperative"
    r"|postoperative|early|late|clinical|clinically|visible"
    r"|hepatic|renal|cardiac|neurological|haematological|hematological|new|additional"
    r"|histological)\b|≥"
)
GRAVE = re.compile(
    r"\b(?:serious|lethal|fatal|severe|major|life-threatening|grade|dose-limiting|saes?|critical)\b"
)
"""Of the words above those that mean how bad an event was, not where or when it came."""
AND_OTHER = re.compile(r"\b(?:or|nor|and) (?:any |no )?other\b")
"""After a denial: "no bleeding or any other complication"."""
BOTH = re.compile(
    r"\blocal (?:[\w-]+ )?(?:or|and|nor) systemic\b|\bearly (?:or|nor) late\b|"
    r"\bsystemic (?:or|and|nor) local\b|\b(?:serious"
    r"|severe|major) or (?:minor|mild|non-serious|any)|\b(?:minor|mild) or (?:major"
    r"|severe|serious)"
)
RELATED = re.compile(
    r"(?:(?:treatment|drug|product|infusion|injection|therapy|intervention|study"
    r"|procedure|exosome|ev|vesicle|device|transplant)"
    r"[ -](?:related|associated|emergent|induced)|\brelated|\battribut\w+"
    r"|\bassociated with\b|\bdue to\b|\bcaused by\b|\bascribed to\b)"
)
OTHER = re.compile(r"\b(?:other|further|additional|more)\b")
TURN = re.compile(
    r"\b(?:but|however|although|except|while|whereas|though|apart|besides|only|\d+|one"
    r"|two|three|four|five|six"
    r"|seven|eight|nine|ten|some|mild|minor|transient|most)\b|;"
)
"""Where a denial ends: what follows is told of what did happen."""
EXCEPT = re.compile(r"\b(?:except|apart from|other than|besides|aside from|with the exception)\b")
EXCEPT_FIRST = re.compile(
    r"\b(?:except|apart from|other than|besides|aside from|with the exception)\b"
    r"(?:(?!\b(?:groups?|arms?|controls?)\b)[^.;,]){1,50}, (?:there (?:was|were) )?$"
)
"""Before a denial: what was there ("apart from pain, nothing untoward was noted")."""
LISTED = re.compile(
    rf"{_EVENT}[^.;]{{0,40}}?"
    r"(?:\b(?:was|were|includ(?:ed|ing)|comprised|consisted of|such as)\b|:)"
)
"""Before a list of events: "adverse events of interest were oedema, convulsion and infection"."""
SUPPOSED = re.compile(r"\b(?:defined as|definition|possible|potential|can|may|might|could)\b")
"""In a list of events that need not have come."""
UNRELATED = re.compile(
    r"\b(?:none|neither|no(?:ne)? of (?:them|these|which|the))\b[^.;]{0,60}\b(?:related"
    r"|attribut\w+|linked|caused|associated|due to|ascribed)"
    r"|\ball\b[^.;]{0,60}\b(?:unrelated|not (?:\w+ )?(?:related|attribut\w+))"
    r"|\b(?:considered|judged|deemed|assessed as|were|was|as) (?:to be )?(?:un"
    r"|not )(?:likely )?(?:\w+ )?related"
    r"|\bexpected (?:in|from|with|by) (?:this|the) (?:population|disease|condition|illness)"
    r"|\b(?:due to|from|caused by|because of) (?:the )?"
    r"(?:natural course|(?:disease )?progression) of (?:the |their )?"
    r"|\bunrelated to (?:the )?(?:study|treatment|product|infusion|injection|therapy"
    r"|drug|intervention|exosom|vesic)"
)
RELATED_TOO = re.compile(
    r"^(?!.*\b(?:none|no|neither|nor|nothing)\b).*\b(?:was|were) "
    r"(?:(?:considered|judged|deemed|possibly|probably|definitely|likely|clearly) ){0,2}related\b"
)
"""Beside what was judged unrelated: what was not ("the rash was related")."""
ALL_EVENTS = re.compile(
    r"\b(?:all|none of the|no) (?:[\w-]+ ){0,3}(?:events|aes|saes|deaths)\b"
    r"|\bserious adverse events\b|\bsaes\b"
)
"""A judgement of every event of the record, wherever it was told."""
NEXT_CLAUSE = re.compile(
    r";|(?<=\w), (?:and|but|while|whereas) (?=(?:there|an?|one|two|three|four|five|\d+)\b)"
)
"""Where the next clause of a sentence on events begins."""
OF_ALL = re.compile(r"\W*(?:(?:and|but) )?(?:all|none|neither|both|no|these|they|each|which)\b")
"""A clause that judges what the clauses before it told."""
DID_NOT = re.compile(r"[^.;,]{0,30}\b(?:did|was|were) (?:not|never)\b")
"""After an event that did not come."""
OF_DEATHS = re.compile(
    r"\W*(?:(?:and|but) )?(?:all|none of|neither|both|no)(?: the| of the)? deaths?\b"
)
"""A clause that judges the deaths alone."""
OF_THESE = re.compile(
    r"^\W*(?:none|all|both)(?: of (?:these|them|the events))?\b[^.;,]{0,12}\b(?:was|were)\b"
)
"""A judgement of what the sentence before has told: "None of these was attributed to …"."""
ALL_THE_SAME = re.compile(r",? (?:al)?though\b")
"""After "no event was ascribed to it": what follows did happen, and was not ascribed."""
METHOD = re.compile(
    r"\b(?:end ?-?points?|outcomes? (?:were|was|included?|measures?)|outcome measures?"
    r"|were (?:monitored|assessed|evaluated|collected"
    r"|measured|analy[sz]ed|tracked|followed|graded|examined|investigated|checked"
    r"|compared|also recorded|documented|recorded|registered)"
    r"|was (?:monitored|assessed|evaluated|measured|analy[sz]ed|examined|investigated"
    r"|recorded|determined)"
    r"|to (?:assess|evaluate|determine|investigate|examine|explore|compare|monitor"
    r"|record|detect|test)|we (?:assessed|evaluated|monitored|recorded|examined"
    r"|investigated)"
    r"|aim|objective|purpose|follow-up for|monitoring of|assessment of|evaluation of"
    r"|including safety|incidence of)\b"
)
AVOIDED = re.compile(
    r"\b(?:limit\w*|avoid\w*|reduc\w*|minimi[sz]\w*|potential|possible|potentially"
    r"|risks? of|prevent\w*|overcom\w*|because of"
    r"|alleviat\w*|ameliorat\w*|mitigat\w*|diabetic|diabetes|its|disease|of diabetes"
    r"|treat\w*|chronic|common|long-term|steroid\w*"
    r"|chemotherapy\w*|conventional|current|vascular|microvascular|for|against"
    r"|pregnancy|obstetric\w*|known|many|associated|with|and|of|these|various"
    r"|decreas\w*|lower\w*|fewer|less)"
    r"(?: [\w-]+){0,2} $"
)
_COUNT = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|few"
    r"|several|some|most|mild|minor|moderate"
    r"|transient|only|common(?:est)?|frequent(?:ly)?|temporary|self-limit\w*|slight"
    r"|fewer|more|expected|treatment-related|treatment-emergent"
    r"|less|related|single|individual|local|serious|severe|non-serious|the following|grade [1-5i]+)"
)


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(p.replace("EVENT", _EVENT).replace("COUNT", _COUNT).replace("PERSON", _PERSON))
        for p in patterns
    )


SOME = _compiled(
    r"\bCOUNT (?:[\w/()%-]+ ){0,3}?EVENT",
    r"\d (?:\(\d[\d.]*%\) )?PERSON with (?:[\w/()%-]+ ){0,8}?EVENT",
    r"EVENT[^.;]{0,60}\b(?:was|were|is|are) (?:\w+ )?(?:mild|transient|minor"
    r"|moderate|self-limit\w*|similar|comparable|limited"
    r"|tolerable|manageable|temporary|reversible|resolved|infrequent|rare|lower"
    r"|higher|less|more|equal\w*|balanced|attributed|related|fever|pain|headache)",
    r"EVENT[^.;]{0,60}\b(?:occurred|observed in|seen in|noted in|reported in"
    r"|happened|reported by|experienced by|included|consisted|such as|developed|resolved"
    r"|subsided|led to)",
    r"EVENT (?:was|were) (?:observed|reported|seen|noted|found)",
    r"\b(?:experienced|developed|had|suffered(?: from)?|reported|showed|caused"
    r"|induced|discontinued|withdrew|led to|resulted in|presented with|due to)"
    r" (?:[\w/()-]+ ){0,4}?EVENT",
    r"EVENT (?:rates?|frequency|incidence)[^.;]{0,30}\d",
    r"\b(?:incidence|rate|frequency"
    r"|number) of (?:\w+ ){0,2}EVENT[^.;]{0,40}\b(?:was|were) (?:\w+ )?(?:\d"
    r"|similar|lower|higher|comparable)",
    r"EVENT \(?(?:n ?= ?)?\d+",
    r"EVENT (?:was|were) recorded (?:in|by) (?:\w+ )?\d",
    r"EVENT (?:\w+ )?(?:was|were|included) [^.;]{0,40}\(n ?= ?\d",
)
"""Ways to tell of events by name; of no use where :data:`EVENT` finds none."""
SOME_UNNAMED = _compiled(
    r"\b(?:was|were) the (?:only|sole|main|commonest) (?:complaints?|EVENT)",
    r"\bthe (?:only|sole|main|commonest) (?:complaints?|EVENT) (?:was|were)\b",
    r"\bCOUNT (?:[\w/()%-]+ ){0,6}?(?:complained of|withdrew because|stopped because"
    r"|discontinued because)(?! (?:of )?(?:an? )?(?:lack|insufficient|poor|no |travel|personal"
    r"|pregnan|they moved|(?:the |their )?pain (?:was|had) (?:gone|better|less)))",
)
"""Ways to tell of events that may go without the name."""
SPEAKS_OF_GIVING = re.compile(
    r"\b(?:after|following|post|during|upon) (?:the |each |an? |first "
    r"|second )?(?:[\w-]+ ){0,3}?(?:injections?|infusions?|treatments?|procedures?"
    r"|applications?"
    r"|administrations?|sessions?|dos(?:e|es|ing)|inhalations?|exosomes?|laser"
    r"|microneedling)|injection[ -]site|infusion[ -](?:related|site)"
    r"|treatment[ -]related"
    r"|at the site|application site|tolerated|serious|adverse|side[ -]effect"
    r"|\bexcept\b|\bonly\b|treated side|downtime|self-limit|subsided|\btransient"
)
REACTED = re.compile(
    r"(?:\b(?:mild|transient|temporary|slight|minor|local|low-grade|self-limit\w*|\d+"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|some|few|several|only|moderate"
    r"|short-lived|brief)\b"
    r" (?:[\w()%/-]+ ){0,6}?|\b(?:experienced|developed|had|reported|complained of"
    r"|suffered|showed|included|such as|including|were|was|with) (?:[\w-]+ ){0,3}?)$"
)
BETTER = re.compile(
    r"\b(?:reduc\w*|improv\w*|decreas\w*|reliev\w*|relief|lower\w*|less|alleviat\w*"
    r"|ameliorat\w*|resolution|scores?|scale|vas|womac|milder|attenuat\w*"
    r"|knee|chronic|anti|index|symptoms?|relieving|neuropathic|back|treated with"
    r"|presented|admitted|improvement)\b"
)
HAD = re.compile(
    r"(?:(?<!of )\b"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|some|few|several|another|both"
    r"|the (?:first|second|third|other|patient)|she|he)"
    r"(?: of (?:the |these |them\b ?|our )?)?(?: ?(?:[\w-]+ ){0,3}?(?:patients?|participants?|"
    r"subjects?|women|woman|men|man|volunteers?|infants?|child|children|clients?|eyes?|knees?|cases?|"
    r"persons?|boys?|girls?|animals?|dogs?|horses?|cats?|pigs?))?(?: \([^)]*\))?"
    r"(?: (?:of|in|on|with) (?:the )?[\w-]+(?: [a-z0-9]{1,9})?)?"
    r" (?:had|developed|experienced|reported|complained of|suffered(?: from)?|presented|showed)"
    r"|\b(?:one|two|three|four|five|six|\d+) cases? of|\band another(?: one)? an?)"
    r" (?:(?!baseline|history|previous)[\w-]+ ){0,4}$"
)
"""Counted people before a reaction, in whom it came ("two women had herpes")."""
CAME = re.compile(
    r"^\w*(?: (?!score|scale|was (?:reduced|lower)|improv|decreas|reduc)[\w-]+){0,3}? ?"
    r"(?:\((?:n ?= ?)?\d+ ?(?:patients|women|men|cases|eyes|subjects|participants|%)?[^)]{0,12}\)"
    r"|(?:was|were|is) (?:also |only |not un|more )?(?:seen|observed|noted|noticed|common|frequent"
    r"|encountered|universal)\b(?! to)|occurred in|developed in|appeared in|happened in|lasted"
    r"|(?:led|caused|forced|made) [^.;]{0,50}\b(?:stop|withdraw|discontinu|quit|leave)"
    r"|(?:was|were) (?:reported|complained|seen|mentioned|felt) (?:by|in|of))"
)
"""What tells after a reaction that it came ("headache (6 patients)")."""
AFTER_GIVING = re.compile(
    r"^\w* (?:after|following|on) (?:the )?(?:injection|infusion|application)"
)
COUNTED = re.compile(
    r"\b(?:reported|noted|seen|observed|mentioned) (?:by|in) (?:\d|[a-z]+ (?:of|patients))"
)
EARLIER = re.compile(
    r"\b(?:baseline|history of|at (?:inclusion|entry|presentation|admission)|before (?:the )?"
    r"(?:treatment|injection|infusion|study)|previous\w*|inclusion criteria|"
    r"were (?:included|enrolled)|and (?:received|underwent|were (?:treated with|given)) "
    r"(?:the |stem |stromal )?"
    r"(?:exosom|vesicle|conditioned|secretome|cells?|msc|product|injection|infusion)\w*)\b"
)
TOXIC = re.compile(r"toxic|complication|intolerance")
PLAIN_TOO = re.compile(
    r"(?:,? (?:or|nor|and) |, )(?:any )?(?:aes?\b|side[ -]effects"
    r"|adverse (?:events|effects|reactions))"
)
"""After "no toxicity": the plain word too."""
