// Weights of the search, as Sphinx has them, but for `score`: pages about the project come after those about its use.
var Scorer = {
  score: ([docname, title, anchor, description, score]) => (/^(decisions|project)\//.test(docname) ? score - 20 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
