# bash completion of torana: nouns, verbs, options; then files.
# tests/house/test_documents.py compares it with the program.

_torana_common='--dir --as --password-file --json --help --code --token-file'

_torana_nouns='init serve status sync routes config peer feed account agreement pack source collection object release recall
	standing person consent disclosure internal scan sighting pattern audit'

_torana_verbs() {
	case $1 in
	peer) echo invite add list ;;
	feed) echo add find list show poll remove ;;
	account) echo add confirm list role password disable enable unlock token totp ;;
	agreement) echo make add lint evidence sign list show suspend resume terminate approve enact \
		renew lapse succeed dispute settle ;;
	pack) echo lint test candidates diff sign rekey adopt activate list show ;;
	source) echo list set ;;
	collection) echo access add define list remove show ;;
	object) echo check choose conflicts diff id import list original purge show ;;
	release) echo preview explain send person holds approve refuse reviews review list decisions decision ;;
	person) echo key card add verify revoke list envelopes envelope received open ;;
	standing) echo list propose approve stop ;;
	recall) echo ask list ;;
	consent) echo add list withdraw ;;
	disclosure) echo list dossier verify ;;
	internal) echo approve list show withdraw ;;
	pattern) echo check match explain ;;
	sighting) echo make ;;
	audit) echo verify replay pack heads ;;
	esac
}

_torana_options() {
	case $1 in
	init)
		echo --realm --party --org --name --enclave --display --peer-url --identity --people-port \
			--peer-port --peer-address --every-ms
		;;
	'peer add') echo --fingerprint ;;
	'feed find') echo --resolver ;;
	'feed add') echo --url --api-root --collection --types --source --every --user --login-file --bearer-file \
		--certificate --key --ca --pin ;;
	'account password') echo --new-password-file ;;
	'account token') echo --label --scopes --days --account ;;
	'account totp') echo --confirm ;;
	'account add') echo --roles --display --organisation --enclaves --new-password-file ;;
	'agreement approve' | 'agreement enact') echo --act --reason ;;
	'agreement renew') echo --until --reason ;;
	'agreement lapse') echo --reason ;;
	'agreement succeed') echo --act --scope --reason ;;
	'agreement evidence') echo --text --ca --agreement --at ;;
	'agreement dispute') echo --act --scope --reason ;;
	'agreement suspend' | 'agreement resume' | 'agreement terminate' | 'agreement settle') echo --scope --reason ;;
	'pack test' | 'pack candidates') echo --against --at ;;
	'pack sign') echo --key ;;
	'pack rekey') echo --key --lost ;;
	'collection access') echo --account --rights ;;
	'collection add') echo --title --description --organisation --enclave ;;
	'collection define') echo --query --title --description --organisation --enclave ;;
	'object import') echo --source --warnings ;;
	'release preview' | 'release send') echo --to --purpose --area --with --urgency --harm --break-glass --reason --bundle --strict \
		--legal-basis --contact --persons ;;
	'release person') echo --to --purpose --area --with --urgency --harm --break-glass --reason --bundle --strict \
		--legal-basis --contact --persons --person ;;
	'release explain') echo --to --purpose --area --at ;;
	'release approve') echo --role --bytes ;;
	'release refuse') echo --role --bytes --reason ;;
	'release review') echo --finding --text ;;
	'release list') echo --id ;;
	'release decisions') echo --to --outcome --order --id --since --until --limit --after ;;
	'person key') echo --realm ;;
	'person card') echo --key --days ;;
	'person add' | 'person verify') echo --fingerprint ;;
	'person received') echo --text ;;
	'person open') echo --key --realm --invitation ;;
	'standing propose') echo --to --purpose --area --categories --ceiling --days --with ;;
	'standing approve' | 'standing stop') echo --reason ;;
	'recall ask') echo --to --reason ;;
	'consent add') echo --scope --to --until --evidence ;;
	'consent list') echo --of ;;
	'disclosure list') echo --about ;;
	'disclosure verify') echo --key --html --lang ;;
	'disclosure dossier') echo --about --out --html --lang ;;
	'internal show') echo --to --enclave --reason ;;
	'internal withdraw') echo --reason ;;
	'object choose' | 'object purge') echo --reason ;;
	'consent withdraw') echo --reason ;;
	scan) echo --report ;;
	'sighting make') echo --count --first --last ;;
	'audit verify') echo --heads --pack --key ;;
	'audit replay') echo --since --pack --key ;;
	'audit pack') echo --since --until --about --to --content --of --enclaves ;;
	'audit heads') echo --of ;;
	esac
}

# Values that are words; others are files or cannot be guessed.
_torana_values() {
	case $1 in
	--realm) echo real exercise demo ;;
	--with) echo technique victim all ;;
	--contact) echo failed answered ;;
	--role) echo officer legal policy defence-liaison ;;
	--scope) echo all technique name personal ;;
	--lang) echo en hi ja ;;
	esac
}

_torana() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local noun=${COMP_WORDS[1]} verbs command words

	verbs=$(_torana_verbs "$noun")
	command=$noun${verbs:+ ${COMP_WORDS[2]}}
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$_torana_nouns --help --version"
	elif [ "$COMP_CWORD" -eq 2 ] && [ -n "$verbs" ]; then
		words="$verbs --help"
	elif [ "${word#-}" != "$word" ]; then
		words="$(_torana_options "$command") $_torana_common"
	else
		words=$(_torana_values "$before")
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}

# -o default: where no word fits, file names.
complete -o default -F _torana torana
