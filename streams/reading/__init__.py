"""Reading: what the content of a request asks for, by whom, about whom and with what.

    passages   every string of a request with its place and its part in the conversation
    fold       text -> a plain form in which spellings agree, with the way back to the original
    lexicon    words and phrases of each language -> concepts, which know no language
    sentences  the concepts found, sentence by sentence
    patterns   concepts found together -> acts, facts, parties (data: patterns.yaml)
    reader     all of it: request data -> Findings

No claim in the content becomes a finding that could lift a rule (contract, "What is trusted").
"""
