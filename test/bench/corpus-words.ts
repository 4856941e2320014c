/** Words that a synthetic session is made of. */

/** Where a session's own words come from. */
export const SYLLABLES: readonly string[] =
  'al an ar ba be bi bo bra ca ce chi co cu da de di do dra el en er fa fe fi fo fra ga ge gi go gra ha he hi ho in is ja jo ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no nu ol on or pa pe pi po pra qua ra re ri ro ru sa se shi so sta su ta te ti to tra tu ul un ur va ve vi vo wa we wi xa ya yo za ze zo'.split(
    ' ',
  )

export const COMMON: readonly string[] =
  'the of to and a in that is it for on with as this was be are by not or from at have an which can will but they all one if when there what so we you use into then only other out some has more these time no each its than also over like new after any most would first been two must our such where how same because does both between under while just back need part case point line next before without same through work still well even call way make find take give keep open close run read write check look start stop move change build test add fix show follow reach leave return hold'.split(
    ' ',
  )

export const NOUNS: readonly string[] =
  'user order session request response token buffer stream socket parser lexer cursor index table column record schema query cache queue worker thread signal timer event handler listener router route server client proxy header payload packet frame window panel button layout theme widget report metric counter gauge logger config option policy budget limit quota account invoice customer product price basket address shipment payment refund ticket comment review branch commit patch merge release version package module bundle plugin loader compiler transform pipeline stage batch job task retry backoff deadline lease lock snapshot digest artifact rule fact message part chain hash key value node edge graph tree leaf root path file folder archive image font script style template page document section heading paragraph sentence word letter'.split(
    ' ',
  )

export const VERBS: readonly string[] =
  'open close read write parse format load store fetch send receive merge split join sort filter map reduce append remove insert update create delete find select apply commit resolve reject validate encode decode compress expand render measure count trim normalise schedule cancel retry observe notify connect attach'.split(
    ' ',
  )

export const FOLDERS: readonly string[] =
  'src lib app core server client shared models views tests scripts tools api db'.split(' ')
