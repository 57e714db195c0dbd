#version 330
// Every part's vertices; aux is (light, cloth share, face flag, 0) for bodies, (light, direction) for eyes,
// (light, tangent) for hair.
in vec3 in_pos; in vec3 in_nrm; in vec2 in_uv; in vec4 in_aux;
uniform mat4 u_view_proj; uniform mat4 u_shadow_proj;
out vec3 v_pos; out vec3 v_nrm; out vec2 v_uv; out vec4 v_aux; out vec4 v_shadow;
void main() {
    v_pos = in_pos; v_nrm = in_nrm; v_uv = in_uv; v_aux = in_aux;
    v_shadow = u_shadow_proj * vec4(in_pos + normalize(in_nrm + vec3(1e-6)) * 0.004, 1);
    gl_Position = u_view_proj * vec4(in_pos, 1);
}
