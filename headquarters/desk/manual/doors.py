"""Which section of the manual says how a screen is used: the 「？」 in the header leads there.

One table for all screens, by the beginning of the view's name (of several, the longest); a screen
that is not in it leads to the contents.
"""

from django.urls import reverse

SECTIONS = {
    "desk:home": "start#home",
    "desk:search": "start#search",
    "desk:words": "start#words",
    "desk:history": "reading#history",
    "desk:handover": "people#handover",
    "desk:transfers": "people#transfers",
    "accounts:": "people#users",
    "accounts:profile": "start#password",
    "accounts:password": "start#password",
    "accounts:department": "people#departments",
    "accounts:user_import": "people#import",
    "accounts:one_": "people#password",
    "accounts:sign_ins": "people#records",
    "kpi:entry": "kpi-entry#values",
    "kpi:value": "kpi-entry#one",
    "kpi:paste": "kpi-entry#paste",
    "kpi:forecasts": "kpi-entry#forecast",
    "kpi:evidence": "kpi-entry#evidence",
    "kpi:month": "submit#confirm",
    "kpi:months": "submit#months",
    "kpi:missing": "submit#missing",
    "kpi:submission": "submit#submit",
    "kpi:reopening": "submit#correct",
    "kpi:definition": "definitions#definition",
    "kpi:target": "definitions#targets",
    "intake:": "excel-sheet#take-in",
    "intake:start": "excel-sheet#take-out",
    "roadmap:": "roadmap#read",
    "roadmap:milestone": "milestones#update",
    "roadmap:milestones": "milestones#list",
    "roadmap:milestone_sheet": "milestones#excel",
    "roadmap:milestone_returned": "milestones#excel",
    "roadmap:milestone_plan": "roadmap#steps",
    "roadmap:knock_on": "milestones#knock-on",
    "roadmap:setup": "roadmap#steps",
    "roadmap:step": "roadmap#steps",
    "roadmap:baseline": "roadmap#baselines",
    "measures:": "reading#measures",
    "measures:plan": "reading#plan",
    "measures:context": "reading#plan",
    "measures:lead": "definitions#leads",
    "measures:handover": "people#note",
    "reviews:": "pdca#cycle",
    "reviews:sheet": "pdca#write",
    "meetings:": "meetings#prepare",
    "meetings:attendance": "meetings#attendance",
    "meetings:decision": "meetings#decide",
    "meetings:decide": "meetings#decide",
    "meetings:minutes": "meetings#minutes",
    "meetings:present": "meetings#mode",
    "organisation:": "organisation#roster",
    "organisation:team": "organisation#teams",
    "organisation:sitting": "organisation#teams",
    "organisation:project": "organisation#projects",
    "organisation:action_item": "meetings#answer",
    "organisation:item": "meetings#answer",
    "reports:": "reading#dashboard",
    "reports:indicator": "reading#indicator",
    "reports:indicator_list": "reading#list",
    "reports:measure_kpis": "reading#measures",
    "reports:list": "closing#report",
    "reports:close": "closing#close",
    "reports:compare": "closing#compare",
    "reports:town_form": "publish#form",
    "reports:edition_public": "publish#public",
    "feeds:": "excel-feed#tokens",
    "feeds:guide": "excel-feed#connect",
    "upkeep:": "definitions#checks",
    "upkeep:plan_changes": "definitions#changes",
    "upkeep:settings": "definitions#settings",
}


def help_for(view_name: str) -> str:
    """The address of the section about that screen."""
    named = max((name for name in SECTIONS if view_name.startswith(name)), key=len, default="")
    if not named:
        return reverse("desk:manual_contents")
    page, _, section = SECTIONS[named].partition("#")
    return f"{reverse('desk:manual', args=[page])}#{section}"
