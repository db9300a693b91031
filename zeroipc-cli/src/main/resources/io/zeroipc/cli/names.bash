# Segments and structures, asked of the command itself while somebody types. Whatever a name holds, nothing of it is executed.
function _zeroipc_complete() {
  local current=${COMP_WORDS[COMP_CWORD]} option= directory= segment= name word
  local -i i positions=0
  if [[ $_zeroipc_verbs == *" ${COMP_WORDS[1]} "* && $current != -* ]]; then
    for ((i = 2; i < COMP_CWORD; i++)); do
      word=${COMP_WORDS[i]}
      if [[ $word == = ]]; then
        continue
      elif [[ -n $option ]]; then
        [[ $option == --dir ]] && directory=$word
        option=
      elif [[ $_zeroipc_options_with_value == *" $word "* ]]; then
        option=$word
      elif [[ $word != -* ]]; then
        ((positions == 0)) && segment=$word
        positions+=1
      fi
    done
    if [[ -z $option && $positions -lt 2 ]]; then
      COMPREPLY=()
      while IFS= read -r name; do
        [[ $name == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
      done < <("${COMP_WORDS[0]}" names ${directory:+--dir "$directory"} ${segment:+"$segment"} 2> /dev/null)
      return 0
    fi
  fi
  _complete_zeroipc
}

complete -o default -F _zeroipc_complete zeroipc
