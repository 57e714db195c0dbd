#version 330
in vec3 v_pos; in vec3 v_nrm; in vec2 v_uv; in vec4 v_aux; in vec4 v_shadow;
uniform sampler2D u_texture; uniform sampler2DShadow u_shadow;
// MATERIAL, set when compiling: 0 skin and cloth of a body, 1 eye, 2 hair, 3 thing, 4 lashes, 5 wall
uniform vec3 u_camera; uniform vec3 u_color; uniform vec3 u_iris; uniform vec2 u_eye; // limbus, pupil in radians
uniform vec3 u_key_dir; uniform vec3 u_key_col; uniform vec3 u_fill_dir; uniform vec3 u_fill_col;
uniform vec3 u_rim_dir; uniform vec3 u_rim_col; uniform vec3 u_sky; uniform vec3 u_ground;
uniform float u_exposure; uniform float u_walls;
out vec4 colour;

float hash(vec3 p) { p = fract(p * 0.3183099 + 0.1); p *= 17.0; return fract(p.x * p.y * p.z * (p.x + p.y + p.z)); }
float noise(vec3 x) {
    vec3 i = floor(x), g = fract(x); g = g * g * (3.0 - 2.0 * g);
    return mix(mix(mix(hash(i), hash(i + vec3(1,0,0)), g.x), mix(hash(i + vec3(0,1,0)), hash(i + vec3(1,1,0)), g.x), g.y),
               mix(mix(hash(i + vec3(0,0,1)), hash(i + vec3(1,0,1)), g.x), mix(hash(i + vec3(0,1,1)), hash(i + vec3(1,1,1)), g.x), g.y), g.z);
}
float lit() {
    vec3 p = v_shadow.xyz / v_shadow.w * 0.5 + 0.5;
    if (any(lessThan(p.xy, vec2(0.002))) || any(greaterThan(p.xy, vec2(0.998)))) return 1.0;
    float sum = 0.0, texel = 1.6 / float(textureSize(u_shadow, 0).x);
    if (MATERIAL == 3) { // four taps, each filtered, are enough for what is not looked at closely
        for (int i = -1; i <= 1; i += 2) for (int j = -1; j <= 1; j += 2)
            sum += texture(u_shadow, vec3(p.xy + vec2(i, j) * texel * 0.6, p.z - 0.0012));
        return sum / 4.0;
    }
    for (int i = -1; i <= 1; i++) for (int j = -1; j <= 1; j++)
        sum += texture(u_shadow, vec3(p.xy + vec2(i, j) * texel, p.z - 0.0012));
    return sum / 9.0;
}
// Light that wraps around a form, as it does in skin; `w` per colour.
vec3 wrapped(float cosine, vec3 w) { vec3 t = clamp((vec3(cosine) + w) / (1.0 + w), 0.0, 1.0); return t * t; }
float ggx(float cosine, float rough) {
    float a = rough * rough, a2 = a * a, d = cosine * cosine * (a2 - 1.0) + 1.0; return a2 / (3.1416 * d * d);
}
vec3 toned(vec3 x) {
    x *= u_exposure; return pow(clamp((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 0.0, 1.0), vec3(1.0 / 2.2));
}
vec3 ambient(vec3 n) { return mix(u_ground, u_sky, n.y * 0.5 + 0.5); }

vec3 eye_albedo(out float iris) {
    vec3 d = normalize(v_aux.yzw); float theta = acos(clamp(d.z, -1.0, 1.0)), limbus = u_eye.x, pupil = u_eye.y;
    float around = atan(d.y, d.x);
    iris = smoothstep(limbus + 0.035, limbus - 0.035, theta);
    float fibres = noise(vec3(cos(around) * 22.0, sin(around) * 22.0, theta * 6.0)) * 0.6
                 + noise(vec3(cos(around) * 55.0, sin(around) * 55.0, theta * 10.0)) * 0.4;
    vec3 ring = u_iris * (0.55 + 0.9 * fibres) * mix(1.35, 0.75, smoothstep(pupil, limbus, theta));
    ring *= 1.0 - 0.65 * smoothstep(limbus - 0.13, limbus - 0.01, theta);
    vec3 white = vec3(0.66, 0.60, 0.56) * (0.93 + 0.07 * noise(d * 9.0));
    white = mix(white, vec3(0.78, 0.50, 0.45), 0.45 * smoothstep(0.75, 1.25, theta));
    return mix(mix(white, ring, iris), vec3(0.006), smoothstep(pupil + 0.02, pupil - 0.02, theta));
}
vec3 hair(vec3 n, vec3 to_camera, float shadow) {
    vec3 along = normalize(v_aux.yzw), middle = normalize(u_key_dir + to_camera);
    float light = v_aux.x, across = sqrt(max(0.0, 1.0 - pow(dot(along, u_key_dir), 2.0)));
    float gleam = sqrt(max(0.0, 1.0 - pow(dot(along, middle), 2.0)));
    vec3 albedo = u_color * (0.55 + 0.9 * v_uv.x);
    vec3 c = albedo * (u_key_col * across * 0.75 * shadow * (0.5 + 0.5 * clamp(dot(n, u_key_dir) + 0.3, 0.0, 1.0))
           + light * ambient(n) + light * u_fill_col * max(0.0, dot(n, u_fill_dir) * 0.6 + 0.4) * 0.6);
    return c + (pow(gleam, 60.0) * 0.10 + pow(gleam, 14.0) * 0.05) * shadow * u_key_col * (0.25 + albedo * 3.0) * light;
}
void main() {
    vec3 n = normalize(v_nrm), to_camera = normalize(u_camera - v_pos);
    float light = v_aux.x, iris = 0.0;
    if (MATERIAL == 5) {
        colour = vec4(min(texture(u_texture, v_uv).rgb * u_walls, 1.0), 1); return;
    }
    if (MATERIAL == 4) { colour = vec4(0.03, 0.024, 0.02, v_aux.y); return; }
    float shadow = lit();
    if (MATERIAL == 2) { colour = vec4(toned(hair(n, to_camera, shadow)), 1); return; }
    if (MATERIAL == 3) { // matt: no gloss, and grain without smoothing
        vec3 key = u_key_col * wrapped(dot(n, u_key_dir), vec3(0.08)) * shadow;
        vec3 fill = u_fill_col * wrapped(dot(n, u_fill_dir), vec3(0.33)) * mix(1.0, light, 0.7);
        vec3 rim = u_rim_col * wrapped(dot(n, u_rim_dir), vec3(0.08)) * mix(1.0, light, 0.7);
        vec3 lit = key + fill + rim + ambient(n) * light;
        colour = vec4(toned(u_color * (0.95 + 0.1 * hash(floor(v_pos * 900.0))) * lit), 1); return;
    }

    vec3 albedo = MATERIAL == 1 ? eye_albedo(iris) : pow(texture(u_texture, v_uv).rgb, vec3(2.2)) * u_color;
    float cloth = MATERIAL == 0 ? smoothstep(0.3, 0.7, v_aux.y) : 0.0;
    vec3 wrap = MATERIAL == 1 ? mix(vec3(0.25, 0.15, 0.12), vec3(0.1), iris) : mix(vec3(0.42, 0.22, 0.14), vec3(0.08), cloth);
    float rough = mix(0.48, 0.9, cloth), shine = mix(0.42, 0.10, cloth);
    if (MATERIAL != 1) {
        float grain = cloth > 0.5 ? noise(v_pos * 900.0) : noise(vec3(v_uv * 900.0, 0.0));
        albedo *= 0.95 + 0.1 * grain;
    }
    vec3 softened = MATERIAL == 0 ? mix(vec3(shadow), vec3(pow(shadow, 0.6), pow(shadow, 0.9), shadow), 0.8) : vec3(shadow);
    vec3 key = wrapped(dot(n, u_key_dir), wrap) * softened;
    vec3 fill = u_fill_col * wrapped(dot(n, u_fill_dir), wrap + 0.25) * mix(1.0, light, 0.7);
    vec3 rim = u_rim_col * wrapped(dot(n, u_rim_dir), wrap) * mix(1.0, light, 0.7);
    vec3 inside = MATERIAL == 0 ? pow(vec3(light), vec3(0.75, 1.0, 1.08)) : vec3(light);
    vec3 c = albedo * (key * u_key_col + fill + rim + ambient(n) * inside);

    float fresnel = 0.028 + 0.6 * pow(1.0 - max(dot(n, to_camera), 0.0), 5.0);
    float cos_key = max(dot(n, normalize(u_key_dir + to_camera)), 0.0), cos_fill = max(dot(n, normalize(u_fill_dir + to_camera)), 0.0);
    vec3 mirrored = ambient(reflect(-to_camera, n));
    if (MATERIAL == 1) {
        c = c * mix(1.0, light, 0.55) + 0.0225 * min(ggx(cos_key, 0.13), 60.0) * u_key_col * shadow
          + 0.012 * min(ggx(cos_fill, 0.2), 40.0) * u_fill_col + mirrored * fresnel * 0.5 * light;
    } else {
        float gloss = ggx(cos_key, rough) * 0.65 + ggx(cos_key, rough * 0.6) * 0.35;
        c += shine * fresnel * (gloss * shadow * max(dot(n, u_key_dir), 0.0) * u_key_col
           + ggx(cos_fill, rough) * max(dot(n, u_fill_dir), 0.0) * u_fill_col * light + 0.6 * light * mirrored);
    }
    colour = vec4(toned(c), 1);
}
