// Drives supabase-js against a local Supabase and prints what it saw, as JSON.
import { createClient } from '@supabase/supabase-js'
import ws from 'ws'

const [url, key, secret, email, password] = process.argv.slice(2)
const options = { auth: { persistSession: false, autoRefreshToken: false }, realtime: { transport: ws } }
const supabase = createClient(url, key, options)
const admin = createClient(url, secret, options)
const seen = {}

const signedUp = await supabase.auth.signUp({ email, password, options: { data: { nickname: 'js' } } })
seen.signUp = { error: signedUp.error, email: signedUp.data.user?.email }
seen.wrongPassword = (await supabase.auth.signInWithPassword({ email, password: 'no' })).error?.code
const signedIn = await supabase.auth.signInWithPassword({ email, password })
seen.role = signedIn.data.user?.role
const id = signedIn.data.user.id
seen.claims = (await supabase.auth.getClaims()).data?.claims.sub === id
seen.refreshed = (await supabase.auth.refreshSession()).error

const shops = supabase.from('shops')
const inserted = await shops.insert({ user_id: id, name: 'js', details: { a: [1, 2] } }).select().single()
seen.insert = { error: inserted.error, status: inserted.status, name: inserted.data?.name }
const shop = inserted.data.id
await supabase.from('products').insert([
  { shop_id: shop, name: 'apples', price: 2, labels: ['fresh', 'a,b'] },
  { shop_id: shop, name: 'bread', price: 3 },
], { defaultToNull: false })
const read = await shops
  .select('name,deep:details->a->1,products(name,price)', { count: 'exact' })
  .eq('id', shop)
  .order('price', { referencedTable: 'products', ascending: false })
  .limit(1, { referencedTable: 'products' })
seen.read = { error: read.error, count: read.count, data: read.data }
seen.filters = (await supabase.from('products').select('name').eq('shop_id', shop)
  .or('name.eq.apples,price.gt.100').contains('labels', ['fresh']).not('name', 'is', null)
  .ilike('name', 'APP%').in('name', ['apples', 'x,y']).range(0, 9)).data
seen.single = (await supabase.from('products').select('name').eq('shop_id', shop).single()).error?.code
seen.maybeSingle = (await supabase.from('products').select('name').eq('id', -1).maybeSingle()).data
seen.head = (await supabase.from('products').select('*', { count: 'exact', head: true }).eq('shop_id', shop)).count
seen.upsert = (await shops.upsert({ user_id: id, name: 'js', details: {} }, { onConflict: 'user_id,name' }).select('id')).data?.[0].id === shop
seen.update = (await supabase.from('products').update({ price: 9 }).eq('shop_id', shop).eq('name', 'bread').select('price')).data
seen.delete = (await supabase.from('products').delete({ count: 'exact' }).eq('shop_id', shop).eq('name', 'bread')).count
seen.rpc = (await supabase.rpc('add', { a: 2, b: 3 })).data
seen.rpcGet = (await supabase.rpc('add', { a: 2 }, { get: true })).data
seen.rpcRows = (await supabase.rpc('pairs').gt('number', 2)).data
seen.csv = (await supabase.from('products').select('name').eq('shop_id', shop).csv()).data
seen.missing = (await supabase.from('absent').select()).error?.code

const files = supabase.storage.from('private')
seen.upload = (await files.upload(`${id}/bytes.bin`, new Uint8Array([1, 2, 3]), { contentType: 'application/x-bytes' })).error
seen.form = (await files.upload(`${id}/blob.txt`, new Blob(['from a blob'], { type: 'text/plain' }))).error
seen.download = [...new Uint8Array(await (await files.download(`${id}/bytes.bin`)).data.arrayBuffer())]
seen.blob = await (await files.download(`${id}/blob.txt`)).data.text()
seen.list = (await files.list(id)).data.map((file) => [file.name, file.metadata.size])
seen.info = (await files.info(`${id}/bytes.bin`)).data?.contentType
seen.exists = [(await files.exists(`${id}/bytes.bin`)).data, (await files.exists(`${id}/nothing`)).data]
seen.foreign = (await files.upload('somebody/else.txt', 'x')).error?.message
const signed = await files.createSignedUrl(`${id}/blob.txt`, 60)
seen.signed = await (await fetch(signed.data.signedUrl)).text()
const toUpload = await files.createSignedUploadUrl(`${id}/handed.txt`)
seen.uploadSigned = (await files.uploadToSignedUrl(`${id}/handed.txt`, toUpload.data.token, 'handed in')).error
seen.moved = (await files.move(`${id}/handed.txt`, `${id}/moved.txt`)).data?.message
seen.removed = (await files.remove([`${id}/moved.txt`])).data?.length

seen.adminUsers = (await admin.auth.admin.getUserById(id)).data.user?.email
seen.adminRows = (await admin.from('shops').select('id').eq('id', shop)).data?.length
seen.notAdmin = (await supabase.auth.admin.listUsers()).error?.code
seen.functions = (await supabase.functions.invoke('absent')).error?.context?.status
seen.signOut = (await supabase.auth.signOut()).error
seen.afterwards = (await supabase.from('shops').select()).error?.code
console.log(JSON.stringify(seen))
