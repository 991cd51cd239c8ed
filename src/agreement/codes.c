#include "codes.h"

/* clang-format off */
const struct reason reasons[] = {
	{ "A-NOTINFORCE",     "No agreement between the two parties is in force at that time." },
	{ "A-AREA-SUSPENDED", "This area or category of the agreement is suspended." },
	{ "A-AREA-SUSPENDED.harm", "This area is suspended; that does not bar a warning of imminent harm, with technique alone." },
	{ "A-SCOPE",          "Recipient, sender or area is not covered by the agreement." },
	{ "B-CONSENT",        "The person concerned has agreed; the approval of that consent is asked for." },
	{ "B-STRICT",         "It goes only together with all others of its selection, and one of them stays." },
	{ "B-STRICT.waits",   "It goes only together with all others of its selection, and one of them waits." },
	{ "B-WITHDRAWN",      "A consent was given and has been withdrawn." },
	{ "C-CLASSIFIED",     "It carries a mark of classification, and such matters have their own channel." },
	{ "C-CONTROLLED",     "It is controlled information." },
	{ "D-CATEGORY",       "The agreement does not let objects of this kind go by themselves." },
	{ "D-EMPTY",          "Nothing useful would remain of it." },
	{ "D-FORM",           "It is not well-formed." },
	{ "D-LEAKREF",        "It points to something that does not go, or what is left would still tell a withheld value." },
	{ "K-KEY",            "The recipient's key has not been checked by two people, or is past its end." },
	{ "K-POC-STALE",      "The recipient's point of contact has not answered the last checks." },
	{ "L-BASIS",          "There is no legal basis for it." },
	{ "L-MLA",            "It belongs to mutual legal assistance." },
	{ "M-CEIL",           "Its marking is above what this channel or category may carry." },
	{ "M-PAP",            "The agreement asks for a PAP marking, and it has none." },
	{ "M-RED",            "TLP:RED does not travel from node to node: hand it to a named person." },
	{ "M-STRICT",         "AMBER+STRICT stays in the organisation that received it." },
	{ "M-UNKNOWN",        "It has no marking, or one that nobody here understands." },
	{ "N-IN-CII-TOPO",    "Indian law: the structure of protected systems stays." },
	{ "N-IN-DPDP",        "Indian law: personal data needs consent or another ground." },
	{ "N-IN-R13",         "Indian law: who was affected or reported is not disclosed without consent." },
	{ "N-IN-R15",         "Indian law: personal data for a foreign State needs a legal officer." },
	{ "N-JP-ACD",         "Japanese law: what active cyber defence selected stays." },
	{ "N-JP-APPI28",      "Japanese law: personal data for a third party abroad needs consent." },
	{ "N-JP-SECCOM",      "Japanese law: the secrecy of communications." },
	{ "O-COMMUNITY",      "GREEN means the community of the agreement under which it came, and the recipient is not in it." },
	{ "O-ORCON",          "It came from somebody else: never back to them, and onward only with the originator's word." },
	{ "P-PURPOSE",        "The agreement does not know this purpose." },
	{ "R-REALM",          "Exercise, demonstration and real exchange are separate worlds." },
	{ "S-CONTENT",        "It is about content, not about an attack." },
	{ "T-EXPIRED",        "It is past its date." },
	{ "T-RETENTION",      "It should have been removed by now." },
	{ "V-REPORTER",       "Who reported it is not told without consent." },
	{ "V-VICTIM",         "It would tell who was attacked." },
	{ "X-EXPORT",         "It may be technology under export control." },
};
/* clang-format on */
const size_t reasons_count = COUNTOF(reasons);

const char *
reason_text(struct str code)
{
	for (size_t i = 0; i < COUNTOF(reasons); i++) {
		if (str_is(code, reasons[i].code))
			return reasons[i].text;
	}
	return "A rule of this agreement or of national law.";
}
