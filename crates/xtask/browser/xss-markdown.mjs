// Payloads through the Markdown parser. See xss-payloads.mjs for the notation.

export default {
  'Markdown: links': String.raw`
[a](javascript:CANARY)
[a](JaVaScRiPt:CANARY)
[a](<javascript:CANARY>)
[a]( javascript:CANARY "title")
[a](javascript:CANARY "onmouseover=CANARY")
[a](javascript://example.org/%0aCANARY)
[a](javascript:%70wned(NUMBER))
[a](java⟦9⟧script:CANARY)
[a](<java⟦9⟧script:CANARY>)
[a](<java⏎script:CANARY>)
[a](⟦1⟧javascript:CANARY)
[a](⟦0⟧javascript:CANARY)
[a](<⟦a0⟧javascript:CANARY>)
[a](<⟦feff⟧javascript:CANARY>)
[a](<⟦200b⟧javascript:CANARY>)
[a](<java⟦ad⟧script:CANARY>)
[a](&#106;avascript:CANARY)
[a](&#x6A;avascript:CANARY)
[a](&#0000106avascript:CANARY)
[a](javascript&colon;CANARY)
[a](javascript&#58;CANARY)
[a](java&Tab;script:CANARY)
[a](java&NewLine;script:CANARY)
[a](<java&#9;script:CANARY>)
[a](<java&#10;script:CANARY>)
[a](<java&#13;script:CANARY>)
[a](&#1;javascript:CANARY)
[a](\javascript:CANARY)
[a](javascript\:CANARY)
[a](ｊavascript:CANARY)
[a](jav&#x0000000000000061;script:CANARY)
[a](data:text/html,<script>CANARY</script>)
[a](data:text/html;base64,PHNjcmlwdD5DQU5BUlk8L3NjcmlwdD4=)
[a](data:image/svg+xml,<svg/onload=CANARY>)
[a](vbscript:CANARY)
[a](livescript:CANARY)
[a](blob:https://FOREIGN)
[a](filesystem:https://FOREIGN)
[a](view-source:javascript:CANARY)
[a](feed:javascript:CANARY)
[a](jar:javascript:CANARY!/)
[a](about:blank#CANARY)
[a](//FOREIGN)
[a](\\\\FOREIGN)
[a](/\FOREIGN)
[a](https:FOREIGN)
[a](/moderation/logout)
[a](#comments)
[a](?x=javascript:CANARY)
[a](mailto:a@b.example?subject=x%0d%0aBcc:c@d.example)
[a](tel:+100)
[a](https://bank.example@FOREIGN)
[a](https://FOREIGN" onmouseover="CANARY)
[a](<https://FOREIGN" onmouseover="CANARY>)
[a](<https://FOREIGN' onfocus='CANARY' autofocus='>)
[a](https://FOREIGN "x\" onmouseover=\"CANARY")
[a](https://FOREIGN 'x" onmouseover="CANARY')
[<img src=x onerror=CANARY>](https://FOREIGN)
[a](https://FOREIGN)<img src=x onerror=CANARY>
[[a](javascript:CANARY)](javascript:CANARY)
[a](https://FOREIGN)](javascript:CANARY)
[a](<https://FOREIGN>"onclick="CANARY")`,

  'Markdown: autolinks and references': String.raw`
<javascript:CANARY>
<JAVASCRIPT:CANARY>
<data:text/html,CANARY>
<vbscript:CANARY>
<https://FOREIGN?"onmouseover="CANARY">
<https://FOREIGN?'onmouseover='CANARY'>
<a@b.example"onmouseover="CANARY>
<a"onclick=CANARY@b.example>
https://FOREIGN?"onmouseover="CANARY
https://FOREIGN?'onmouseover='CANARY
https://FOREIGN?<img/src=x/onerror=CANARY>
https://FOREIGN?x=&quot;onmouseover=&quot;CANARY
javascript://FOREIGN/%0aCANARY
xjavascript:javascript://FOREIGN/%0aCANARY
[a][x]⏎⏎[x]: javascript:CANARY
[a][x]⏎⏎[x]: <java⟦9⟧script:CANARY> "t"
[a][x]⏎⏎[x]: https://FOREIGN "x"onmouseover="CANARY"
[x]⏎⏎[x]: &#106;avascript:CANARY
[a][<img src=x onerror=CANARY>]⏎⏎[<img src=x onerror=CANARY>]: https://FOREIGN
[x]: javascript:CANARY⏎⏎[x][x] ![x][x]
[^1]⏎⏎[^1]: <img src=x onerror=CANARY>`,

  'Markdown: images': String.raw`
![a](https://FOREIGN/a.png)
![a](//FOREIGN/a.png)
![a](javascript:CANARY)
![a"onerror="CANARY](x)
![a](x"onerror="CANARY)
![a](x 'x" onerror="CANARY')
![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9IkNBTkFSWSIvPg==)
![![a](javascript:CANARY)](javascript:CANARY)
[![a](https://FOREIGN/a.png)](javascript:CANARY)
![[a](javascript:CANARY)](https://FOREIGN/a.png)
![<svg/onload=CANARY>](https://FOREIGN/a.png)`,

  'Markdown: code, quotes, lists, breaks': String.raw`
⟦60⟧<img src=x onerror=CANARY>⟦60⟧
⟦60⟧⟦60⟧⟦60⟧"><img src=x onerror=CANARY>⏎x⏎⟦60⟧⟦60⟧⟦60⟧
⟦60⟧⟦60⟧⟦60⟧html" onmouseover="CANARY⏎x⏎⟦60⟧⟦60⟧⟦60⟧
⟦60⟧⟦60⟧⟦60⟧</code></pre><svg onload=CANARY>⏎</code></pre><svg onload=CANARY>
    </code></pre><img src=x onerror=CANARY>
~~~ <script>CANARY</script>⏎</pre><script>CANARY</script>⏎~~~
> <img src=x onerror=CANARY>⏎> </blockquote></li></ol><img src=x onerror=CANARY>
- <li onclick=CANARY>x⏎- </ul></div></article><img src=x onerror=CANARY>
999999999. </ol></article></li><details open ontoggle=CANARY>
# </h1><img src=x onerror=CANARY>
*</em><img src=x onerror=CANARY>*
**<b onmouseover=CANARY>**
~~</del><svg/onload=CANARY>~~
a  ⏎<img src=x⏎onerror=CANARY>
\<img src=x onerror=CANARY>
\\<img src=x onerror=CANARY>
| a |⏎|---|⏎| <img src=x onerror=CANARY> |
- [ ] <input autofocus onfocus=CANARY>
---⏎title: <img src=x onerror=CANARY>⏎---
{: onclick="CANARY"}⏎x
x{onmouseover=CANARY #id .class}
# x {#comments onclick=CANARY}`,

  'Entities': String.raw`
&lt;img src=x onerror=CANARY&gt;
&#60;img src=x onerror=CANARY&#62;
&#x3c;img src=x onerror=CANARY&#x3e;
&#60img src=x onerror=CANARY&#62
&amp;lt;img src=x onerror=CANARY&amp;gt;
&amp;#60;script&amp;#62;CANARY&amp;#60;/script&amp;#62;
&LT;script&GT;CANARY&LT;/script&GT;
&ltimg src=x onerror=CANARY&gt
<img src=x onerror=&#112;wned(NUMBER)>
<img src=x onerror="&#x70;wned&lpar;NUMBER&rpar;">
<a href="&#x6A;&#x61;&#x76;&#x61;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x3A;CANARY">a</a>
<a href=javascript&colon;CANARY>a</a>
&nvlt;script>CANARY</script>
＜img src=x onerror=CANARY＞
‹script›CANARY‹/script›
+ADw-script+AD4-CANARY+ADw-/script+AD4-
%3Cimg%20src%3Dx%20onerror%3DCANARY%3E
\u003cimg src=x onerror=CANARY\u003e
\x3cscript\x3eCANARY\x3c/script\x3e`,
};
